"""Sample runs: one like adult, with everything a run can say, and the extremes."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bringup.diagnosis.diagnosis import Diagnosis, Timing
from bringup.diagnosis.diagnosis import Verdict as ScriptVerdict
from bringup.findings import Cause, CheckResult, Confirmation, Family, Finding, Fix, Measurement, Outcome, Severity, Where
from bringup.recipe.document import RunDocument, StepResult, Verdict
from bringup.record import (
    ColumnFacts,
    InputFacts,
    PreparedFacts,
    Record,
    Series,
    ShiftFacts,
    read_record,
)

HERE = Path(__file__).parent
HOSTILE = "<script>alert('x')</script>&\"\u202e\x1b[31m"


@dataclass(frozen=True)
class Sample:
    """A run: what it says and what it measured."""

    document: RunDocument
    record: Record


def curve(start: float, end: float, *, unit="nat", steps=3200, points=80, noise=0.01, late=0.0, seed=0) -> Series:
    """A quantity that moves from one value to another, with noise; `late` bends its end up again."""
    random = np.random.default_rng(seed)
    at = np.unique(np.linspace(0, steps, points).astype(int))
    share = at / steps
    values = end + (start - end) * np.exp(-7 * share) + late * np.maximum(share - 0.5, 0) ** 2
    values = np.maximum(values + random.normal(0, noise, at.size), 1e-4)
    return Series(unit=unit, steps=tuple(at.tolist()), values=tuple(values.tolist()))


def document() -> RunDocument:
    """A run on a table like adult that says all that a run can say."""
    said = RunDocument.model_validate_json((HERE / "adult.document.json").read_text())
    shown = {
        "overfit-one-batch": curve(0.694, 0.004, steps=200, points=60, noise=0.003),
        "tenth-of-the-learning-rate": curve(0.694, 0.27, steps=200, points=60, noise=0.004, seed=1),
        "without-scaling": Series(unit="nat", steps=tuple(range(6)), values=(0.7, 1.4, 6.0, 400.0, math.inf, math.nan)),
    }
    probes = tuple(probe.model_copy(update={"series": shown.get(probe.probe)}) for probe in said.probes)
    return said.model_copy(update={"probes": probes})


def record() -> Record:
    """What that run measured."""
    series = {
        "train/loss": curve(0.697, 0.288, noise=0.006),
        "validation/loss": curve(0.69, 0.312, noise=0.003, late=0.05, points=38, seed=2),
        "train/accuracy": curve(0.5, 0.869, unit="1", noise=0.003, seed=3),
        "validation/accuracy": curve(0.52, 0.8557, unit="1", noise=0.002, points=38, seed=4),
        "gradient/norm": curve(2.1, 0.4, unit="1", noise=0.05, seed=5),
        "update/ratio": curve(0.004, 0.0011, unit="1", noise=0.0001, seed=6),
        "one-batch/loss": curve(0.694, 0.004, steps=200, points=60, noise=0.003),
    }
    return read_record(HERE / "adult.record.json").with_(series=series)


def stopped() -> Sample:
    """A run that a gate stopped before anything was trained."""
    verdict = Verdict(
        status="stopped",
        step="data",
        cause=Cause.DATASET,
        summary="The target `income` has one value in every row: there is nothing to learn.",
        next_action="Name another column with --target, or look at how the rows were selected.",
    )
    said = RunDocument(
        folder="runs/x",
        report="runs/x/report.html",
        data="x.csv",
        task="classification",
        target="income",
        rows=12,
        seed=0,
        verdict=verdict,
        steps=(
            StepResult(step="plan", status="passed", summary="2 columns.", seconds=0.1),
            StepResult(step="data", status="failed", summary="One class.", seconds=0.02, next_action=verdict.next_action),
        ),
    )
    return Sample(said, Record())


def wide(count: int) -> Sample:
    """A table of very many columns."""
    many = tuple(
        ColumnFacts(
            name=f"sensor_{n:05d}",
            role="number",
            dtype="float",
            rows=500,
            missing=n % 7,
            distinct=480,
            mean=n / 7,
            std=1.5,
            minimum=0.0,
            maximum=9.0,
            quantiles=(0.1, 0.5, 2.0, 4.0, 6.0, 8.0, 8.9),
        )
        for n in range(count)
    )
    inputs = tuple(InputFacts(name=column.name, mean=0.0, std=1.0, minimum=-3.0, maximum=3.0) for column in many)
    shift = tuple(ShiftFacts(column=column.name, part="test", distance=0.01) for column in many)
    kept = record().split
    assert kept is not None
    prepared = PreparedFacts(rows=500, inputs=inputs, dtype="float32", non_finite=0, digest="0" * 16)
    return Sample(document(), record().with_(columns=many, prepared=prepared, split=kept.model_copy(update={"shift": shift})))


def hostile() -> Sample:
    """Names, texts and numbers that mean harm."""
    base, kept = document(), record()
    assert kept.columns is not None
    column = kept.columns[0].model_copy(update={"name": HOSTILE, "top": ((HOSTILE, 3),), "reason": HOSTILE})
    finding = base.findings[0].model_copy(
        update={
            "message": HOSTILE,
            "where": Where(column=HOSTILE, file=HOSTILE),
            "fix": Fix(title=HOSTILE, before=HOSTILE, after=HOSTILE),
            "evidence": (Measurement(name=HOSTILE, value=HOSTILE), Measurement(name="a" * 400, value=math.nan)),
        }
    )
    said = base.model_copy(
        update={
            "data": HOSTILE,
            "target": HOSTILE,
            "folder": HOSTILE,
            "report": HOSTILE,
            "verdict": base.verdict.model_copy(update={"summary": HOSTILE, "next_action": HOSTILE}),
            "findings": (finding,),
            "candidates": tuple(
                c.model_copy(update={"model": HOSTILE + str(n), "description": HOSTILE}) for n, c in enumerate(base.candidates)
            ),
            "known_results": tuple(
                k.model_copy(update={"source": "javascript:alert(1)//" + HOSTILE, "model": HOSTILE}) for k in base.known_results
            ),
            "plan": {HOSTILE: {HOSTILE: [HOSTILE, math.nan]}},
        }
    )
    series = {
        "train/loss": Series(steps=(0, 1, 2, 3), values=(1.0, math.inf, math.nan, 3e38)),
        f"validation/{HOSTILE}": Series(steps=(0, 1), values=(math.nan, math.nan)),
        HOSTILE: Series(steps=(0,), values=(1.0,)),
        "train/empty": Series(),
    }
    return Sample(said, kept.with_(columns=(column,), series=series, settings={HOSTILE: HOSTILE}, versions={HOSTILE: HOSTILE}))


SAMPLES = {
    "adult": lambda: Sample(document(), record()),
    "stopped": stopped,
    "wide": lambda: wide(300),
    "hostile": hostile,
    "bare": lambda: Sample(document(), Record()),
}


@pytest.fixture
def adult() -> Sample:
    return SAMPLES["adult"]()


@pytest.fixture(params=list(SAMPLES), scope="session")
def sample(request: pytest.FixtureRequest) -> Sample:
    return SAMPLES[request.param]()


@pytest.fixture
def hostile_run() -> Sample:
    return hostile()


@pytest.fixture
def stopped_run() -> Sample:
    return stopped()


@pytest.fixture
def ten_thousand_columns() -> Sample:
    return wide(10_000)


PROGRAM = """import torch

def loss_of(model, x, y):
    probabilities = torch.softmax(model(x), dim=1)

    return torch.nn.functional.cross_entropy(probabilities, y)
"""


def script_finding(**changes: Any) -> Finding:
    """A finding about the last line of `PROGRAM`."""
    given: dict[str, Any] = {
        "code": "LOS101",
        "name": "initial-loss-off-theory",
        "severity": Severity.ERROR,
        "cause": Cause.IMPLEMENTATION,
        "family": Family.LOSS_INPUT,
        "confidence": 0.97,
        "message": "`cross_entropy` wants logits, and is given probabilities: every row of its input sums to 1",
        "where": Where(file="train.py", line=6),
        "evidence": (
            Measurement(name="smallest row sum of the input", value=0.9999998, limit=0.999, step=0),
            Measurement(name="largest row sum of the input", value=1.0000002, limit=1.001, step=0),
            Measurement(name="share of values below 0", value=0.0, unit="share"),
        ),
        "fix": Fix(
            title="hand over the logits, without `softmax`",
            applicability="safe",
            before="probabilities = torch.softmax(model(x), dim=1)",
            after="logits = model(x)",
        ),
        "confirm_with": "raw-logits",
    }
    return Finding(**(given | changes))


def diagnosis(*findings: Finding, folder: Path, status: str = "faulty") -> Diagnosis:
    """What a check of `PROGRAM` says; the program is written into the folder."""
    (folder / "train.py").write_text(PROGRAM)
    first = next((finding for finding in findings if finding.severity.loud), None)
    verdict = ScriptVerdict(
        status=status,  # pyright: ignore[reportArgumentType]
        cause=first.cause if first else None,
        family=first.family if first else None,
        code=first.code if first else None,
        summary=first.message + "." if first else "3 checks looked at 100 steps of training and found nothing wrong.",
    )
    checks = (
        *(CheckResult(code=finding.code, name=finding.name, outcome=Outcome.FOUND) for finding in findings[:3]),
        CheckResult(code="NUM101", name="non-finite-loss", outcome=Outcome.PASSED),
        CheckResult(code="LEK101", name="target-copy", outcome=Outcome.NOT_APPLICABLE, reason="the run did not record a split"),
        CheckResult(code="PRE101", name="unscaled-inputs", outcome=Outcome.IGNORED, reason="ignored at train.py:4"),
    )
    timing = Timing(script_s=4.123, check_s=4.456)
    return Diagnosis(script=str(folder / "train.py"), verdict=verdict, findings=findings, checks=checks, timing=timing)


def all_it_can_say(folder: Path) -> Diagnosis:
    """One finding of each severity."""
    confirmed = Confirmation(probe="raw-logits", question="Does it learn from logits?", before=1.52, after=0.03, answer="yes")
    warning = script_finding(
        code="LRN101",
        name="update-too-large",
        severity=Severity.WARNING,
        cause=Cause.HYPERPARAMETERS,
        family=Family.LEARNING_RATE,
        confidence=1.0,
        where=None,
        fix=Fix(title="lower the learning rate", applicability="unsafe"),
    )
    gone = Where(file="gone.py", line=3)
    note = script_finding(code="ORD102", name="duplicated-rows", severity=Severity.NOTE, where=gone, fix=None)
    return diagnosis(script_finding(confirmed_by=confirmed), warning, note, folder=folder)


def hostile_diagnosis(folder: Path) -> Diagnosis:
    """Texts and numbers that mean harm."""
    finding = script_finding(
        message=HOSTILE,
        where=Where(file=HOSTILE, line=10**9),
        fix=Fix(title=HOSTILE, before=HOSTILE, after=f"{HOSTILE}\n{HOSTILE}"),
        evidence=(Measurement(name=HOSTILE, value=HOSTILE, limit=math.nan), Measurement(name="a" * 400, value=-math.inf)),
    )
    inside = script_finding(where=Where(file="evil.py", line=1))
    (folder / "evil.py").write_text(f"x = {HOSTILE!a}  # {HOSTILE} {'long ' * 500}\n", encoding="utf-8")
    return diagnosis(finding, inside, folder=folder).model_copy(update={"script": str(folder / HOSTILE)})


def many_findings(folder: Path) -> Diagnosis:
    """More findings than anyone reads."""
    return diagnosis(*(script_finding(where=Where(file="train.py", line=n)) for n in range(1, 2001)), folder=folder)


CHECKS = {
    "all": all_it_can_say,
    "healthy": lambda folder: diagnosis(folder=folder, status="healthy"),
    "not-observed": lambda folder: diagnosis(folder=folder, status="not-observed").model_copy(update={"checks": ()}),
    "crashed": lambda folder: diagnosis(folder=folder, status="crashed"),
    "hostile": hostile_diagnosis,
    "many": many_findings,
}


@pytest.fixture(params=list(CHECKS), scope="session")
def checked(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Diagnosis:
    """The extremes of what a check can say."""
    return CHECKS[request.param](tmp_path_factory.mktemp("program"))


@pytest.fixture
def check_of(tmp_path: Path) -> Callable[[str], Diagnosis]:
    """One of them, by name."""
    return lambda name: CHECKS[name](tmp_path)
