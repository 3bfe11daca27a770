"""Sample runs: one like adult, with everything a run can say, and the extremes."""

import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from bringup.findings import Cause, Fix, Measurement, Where
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
