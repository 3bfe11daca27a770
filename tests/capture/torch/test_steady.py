"""Steps that are like the one before are only counted, and whatever differs is seen all the same."""

import threading
import warnings

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional
from torch.utils.data import DataLoader, TensorDataset

from bringup.capture import session as sessions
from bringup.capture.torch.steady import Steady
from bringup.capture.watching import Watching

STEPS, LAST = 210, 180  # the latter between two windows
X_ND, Y_N = torch.randn(300, 8, generator=torch.Generator().manual_seed(1)), torch.arange(300) % 3


class Program:
    """A plain loop, of which each test changes one thing."""

    inside = (nn.ReLU(),)

    def __init__(self) -> None:
        torch.manual_seed(0)
        self.model = nn.Sequential(nn.Linear(8, 16), *self.inside, nn.Linear(16, 3))
        self.optimizer = torch.optim.Adam(self.model.parameters(), lr=0.01)
        self.loss = nn.CrossEntropyLoss()

    def run(self) -> None:
        for step in range(STEPS):
            self.step(step, slice(step * 32 % 288, step * 32 % 288 + 32))
            self.between(step)

    def step(self, step: int, rows: slice) -> None:
        del step
        self.optimizer.zero_grad()
        self.loss(self.model(X_ND[rows]), Y_N[rows]).backward()
        self.optimizer.step()

    def between(self, step: int) -> None:
        """After each step."""


class WithDropout(Program):
    inside = (nn.ReLU(), nn.Dropout(0.1))


class Functional(Program):
    def step(self, step, rows):
        self.optimizer.zero_grad()
        scores = self.model(X_ND[rows])
        functional.cross_entropy(scores, Y_N[rows]).backward()
        self.optimizer.step()


class Loader(Program):
    def run(self):
        loader = DataLoader(TensorDataset(X_ND, Y_N), 32)
        for epoch in range(STEPS // 10):
            for given, target in loader:
                self.optimizer.zero_grad()
                self.loss(self.model(given), target).backward()
                self.optimizer.step()
            self.between(epoch)


class Scheduled(Program):
    def __init__(self):
        super().__init__()
        self.schedule = torch.optim.lr_scheduler.CosineAnnealingLR(self.optimizer, STEPS)

    def between(self, step):
        self.schedule.step()


class Evaluated(Program):
    def between(self, step):
        if step % 30 == 29:
            self.model.eval()
            with torch.no_grad():
                self.loss(self.model(X_ND[200:]), Y_N[200:])
            self.model.train()


class EvaluatedWithGradients(Program):
    def between(self, step):
        if step % 30 == 29:
            self.loss(self.model(X_ND[200:]), Y_N[200:])


class EvaluatedByTheSameLine(Program):
    def scores(self, given):
        return self.model(given)

    def step(self, step, rows):
        self.optimizer.zero_grad()
        self.loss(self.scores(X_ND[rows]), Y_N[rows]).backward()
        self.optimizer.step()

    def between(self, step):
        if step % 30 == 29:
            with torch.no_grad():
                self.scores(X_ND[200:])


class InEvalModeFromSomeStepOn(Program):
    def between(self, step):
        if step == 140:
            self.model.eval()


class Accumulated(Program):
    def step(self, step, rows):
        self.loss(self.model(X_ND[rows]), Y_N[rows]).backward()
        if step % 4 == 3 or step > LAST:
            self.optimizer.step()
            self.optimizer.zero_grad()


class AnotherLineNowAndThen(Program):
    def step(self, step, rows):
        self.optimizer.zero_grad()
        scores = self.model(X_ND[rows])
        if step % 7:
            self.loss(scores, Y_N[rows]).backward()
        else:
            self.loss(scores, Y_N[rows]).backward()
        self.optimizer.step()


class SkippedSteps(Program):
    def step(self, step, rows):
        self.optimizer.zero_grad()
        loss = self.loss(self.model(X_ND[rows]), Y_N[rows])
        if step % 9:
            loss.backward()
            self.optimizer.step()


class TwoModels(Program):
    def __init__(self):
        super().__init__()
        self.other = nn.Linear(3, 3)

    def step(self, step, rows):
        self.optimizer.zero_grad()
        self.loss(self.other(self.model(X_ND[rows])), Y_N[rows]).backward()
        self.optimizer.step()


class Closures(Program):
    def step(self, step, rows):
        def closure():
            self.optimizer.zero_grad()
            loss = self.loss(self.model(X_ND[rows]), Y_N[rows])
            loss.backward()
            return loss

        self.optimizer.step(closure)


class Buffered(Program):
    def __init__(self):
        super().__init__()
        self.target = torch.empty(32, dtype=torch.long)

    def step(self, step, rows):
        self.target.copy_(Y_N[rows])
        self.optimizer.zero_grad()
        self.loss(self.model(X_ND[rows]), self.target).backward()
        self.optimizer.step()


class Breaks(Program):
    def step(self, step, rows):
        self.optimizer.zero_grad()
        given = X_ND[rows] * (float("nan") if step == LAST else 1.0)
        self.loss(self.model(given), Y_N[rows]).backward()
        self.optimizer.step()


class Fails(Program):
    where = ""

    def step(self, step, rows):
        fails = self.where if step == LAST else ""
        self.optimizer.zero_grad()
        scores = self.model(X_ND[rows, : 5 if fails == "call" else 8])
        loss = self.loss(scores, Y_N[rows] + (7 if fails == "loss" else 0))
        if fails == "backward":
            loss = scores
        loss.backward()
        if fails == "step":
            self.optimizer.param_groups[0]["betas"] = None
        self.optimizer.step()


FAILS = [type(f"Fails in {where}", (Fails,), {"where": where}) for where in ("call", "loss", "backward", "step")]
STEADY = [Program, Functional, Loader, Scheduled, Evaluated, EvaluatedWithGradients, EvaluatedByTheSameLine]
OTHERS = [
    WithDropout, InEvalModeFromSomeStepOn, Accumulated, AnotherLineNowAndThen, SkippedSteps, TwoModels, Closures, Buffered,
    Breaks, *FAILS,
]  # fmt: skip


def watched(monkeypatch, program, *, told):
    """The record of a program, its rows, and how often a step was counted as a steady one."""
    steady = 0
    if told:
        monkeypatch.setattr(sessions, "is_told", lambda step: True)
    count = Steady.count

    def counting(self):
        nonlocal steady
        steady += self.steps
        count(self)

    monkeypatch.setattr(Steady, "count", counting)
    with warnings.catch_warnings(), Watching() as watching:
        warnings.simplefilter("ignore")
        watching.forgive = True
        program().run()
    monkeypatch.undo()
    assert not watching.session.troubles
    return watching.record, watching.session.samples(), steady


@pytest.mark.parametrize(
    "program",
    [*STEADY, *(pytest.param(program, marks=pytest.mark.slow) for program in OTHERS)],
    ids=lambda program: program.__name__,
)
def test_what_is_counted_is_what_events_would_have_told(monkeypatch, program):
    (quiet, rows, steady), (told, all_rows, none) = (watched(monkeypatch, program, told=told) for told in (False, True))
    assert none == 0
    assert steady > 100 or program not in STEADY
    names = ("where", "model", "use", "calls", "passes", "training", "with_grad", "rows", "last_step")
    assert [[getattr(call, name) for name in names] for call in quiet.need("calls")] == [
        [getattr(call, name) for name in names] for call in told.need("calls")
    ]
    assert [(loss.where, loss.calls, loss.training) for loss in quiet.need("losses")] == [
        (loss.where, loss.calls, loss.training) for loss in told.need("losses")
    ]
    assert [entry.steps for entry in quiet.need("optimizers")] == [entry.steps for entry in told.need("optimizers")]
    for name in ("step/loss", "optimizer0/learning-rate"):
        assert repr(quiet.series[name]) == repr(told.series[name])
    assert quiet.non_finite == told.non_finite
    for name in ("site0/labels", "site0/label_call", "site0/labels_seen", "site0/target", "site0/input"):
        assert np.array_equal(rows.get(name, ()), all_rows.get(name, ())) or program is Buffered, name


def test_targets_of_a_buffer_that_is_written_to_again_are_copied(monkeypatch):
    _, rows, _ = watched(monkeypatch, Buffered, told=False)
    target, step = rows["site0/target"], rows["site0/step"]
    assert np.array_equal(target, (step * 32 % 288 + np.arange(len(target)) % 32) % 3)


def test_another_thread_neither_counts_nor_disturbs(monkeypatch):
    class Threaded(Program):
        def between(self, step):
            thread = threading.Thread(target=self.model, args=(X_ND,))
            thread.start()
            thread.join()

    record, _, steady = watched(monkeypatch, Threaded, told=False)
    assert steady > 100
    assert [call.calls for call in record.need("calls")] == [STEPS]
