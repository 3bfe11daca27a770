"""Each probe of scripts says yes where it names the reason, and not where the reason is another."""

import contextlib
import io
import os
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bringup.capture.process.child import main_module
from bringup.capture.running import watch_source
from bringup.checks.runner import run_checks
from bringup.checks.table import CHECKS
from bringup.diagnosis.confirming import Limits, put_to_the_test
from bringup.findings import Cause, Confirmation, Family, Finding, Severity, Where
from bringup.probes import PROBES
from bringup.probes.trial.local import LocalTrials
from bringup.record import Record

BY_CODE = {check.code: check for check in CHECKS}
# Of these checks the bad example is made for the check, and too short or too easy for a training to tell the difference.
TOO_EASY = {
    *("ARC301", "ARC304", "LOS303", "LOS304", "LOS305", "LOS312", "LOS313", "MOD301", "SCH303"),
    *("SHP305", "UPD301"),
}
PROVED = [
    check.code
    for check in CHECKS
    if check.confirm_with in PROBES and "record = " not in check.bad and check.code[3] == "3" and check.code not in TOO_EASY
]


@pytest.fixture
def trials(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], LocalTrials]]:
    """Makes trials of a program."""
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "train.py"

    def train() -> None:
        before, sys.modules["__main__"] = sys.modules["__main__"], main_module(str(path))
        try:
            with contextlib.redirect_stdout(io.StringIO()):
                exec(compile(path.read_bytes(), str(path), "exec"), sys.modules["__main__"].__dict__)
        finally:
            sys.modules["__main__"] = before

    def make(source: str) -> LocalTrials:
        path.write_text(source.lstrip("\n"))
        return LocalTrials(train, root=tmp_path)

    yield make
    os.chdir("/")


def confirmed(finding: Finding, record: Record, trials: LocalTrials) -> Confirmation | None:
    """What the probe of a finding says."""
    limits = Limits(until=time.monotonic() + 300, most=0)
    return put_to_the_test([finding], record, trials, limits).findings[0].confirmed_by


@pytest.mark.slow
@pytest.mark.parametrize("code", PROVED)
def test_the_probe_of_a_check_proves_its_bad_example(code: str, trials: Callable[[str], LocalTrials]) -> None:
    check = BY_CODE[code]
    record = watch_source(check.bad)
    findings, _ = run_checks(record, (check,))
    answer = confirmed(findings[0], record, trials(check.bad))
    assert answer is not None
    assert (answer.probe, answer.answer) == (check.confirm_with, "yes"), answer


DEAD = """
import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(400, 6)
y = (x[:, 0] > 0).long() + (x[:, 1] > 0).long()
model = nn.Sequential(nn.Linear(6, 24), nn.ReLU(), nn.BatchNorm1d(24), nn.Linear(24, 8), nn.ReLU(), nn.Linear(8, 3))
optimizer = torch.optim.SGD(model.parameters(), lr=RATE, momentum=0.9)
for epoch in range(15):
    model.train()
    for k in range(0, 400, 40):
        scores = model(x[k:k + 40])
        loss = nn.functional.nll_loss(scores.log_softmax(1), y[k:k + 40])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    model.eval()
    with torch.no_grad():
        right = (model(x).argmax(1) == y).float().mean()
"""
LINE = 14
REMEDIES = {"default-optimizer"}  # mends any learning rate


def asked(probe: str, line: int = LINE) -> Finding:
    """A finding that asks for a probe, right or wrong."""
    family = PROBES[probe].family
    return Finding(
        code="ANY999",
        name="a-suspicion",
        severity=Severity.ERROR,
        cause=Cause.IMPLEMENTATION if family is None else family.cause,
        family=Family.SHAPES if family is None else family,
        message="",
        where=Where(file="train.py", line=line),
        confirm_with=probe,
    )


@pytest.fixture(scope="module", params=["1e-9", "0.02"], ids=["learns-nothing", "healthy"])
def program(request: pytest.FixtureRequest) -> tuple[str, Record]:
    """A program whose only fault is a learning rate near 0, or that has none."""
    source = DEAD.replace("RATE", request.param)
    return source, watch_source(source)


@pytest.mark.parametrize("probe", sorted(set(PROBES) - REMEDIES))
def test_no_probe_says_yes_where_the_reason_is_another(
    probe: str, program: tuple[str, Record], trials: Callable[[str], LocalTrials]
) -> None:
    source, record = program
    answer = confirmed(asked(probe), record, trials(source))
    assert answer is None or answer.answer != "yes", answer
