"""Between windows no events are made, and yet what is counted is the same."""

import warnings

import pytest
import torch
from torch import nn
from torch.nn import functional

from bringup.capture import session as sessions
from bringup.capture.observer import COUNTED
from bringup.capture.session import Session
from bringup.capture.thinning import Level
from bringup.capture.watching import Watching
from bringup.checks import CHECKS, run_checks
from bringup.record import Record

STEPS, EPOCH = 230, 23
LAST = 211  # between two windows


def program(*, rate: float = 0.05, fails: str = "", breaks: int | None = None) -> None:
    """Two optimizers, one of which steps rarely; a schedule; an evaluation now and then."""
    torch.manual_seed(0)
    x_ND, y_N = torch.randn(512, 8), torch.randint(0, 3, (512,))
    body, head = nn.Linear(8, 16), nn.Linear(16, 3)
    model = nn.Sequential(body, nn.ReLU(), head)
    first, second = torch.optim.SGD(head.parameters(), lr=rate), torch.optim.Adam(body.parameters())
    schedule = torch.optim.lr_scheduler.StepLR(first, EPOCH * 4, gamma=0.1)
    for step in range(STEPS):
        rows = torch.randint(0, 512, (32,))
        failing = fails if step == LAST else ""
        if failing == "index":
            rows[0] = 600
        scores = model(x_ND[rows])
        if failing == "written":
            hidden = torch.sigmoid(scores)
            scores = hidden * 2
            hidden += 1
        loss = functional.cross_entropy(scores, y_N[rows] + 3 * (failing == "target"))
        if step == breaks:
            loss = loss * float("nan")
        loss.backward()
        first.step()
        first.zero_grad()
        if step % 3 == 2:
            second.step()
            second.zero_grad()
        schedule.step()
        if step % EPOCH == EPOCH - 1:
            model.eval()
            with torch.no_grad():
                functional.cross_entropy(model(x_ND), y_N)
            model.train()


def watched(monkeypatch: pytest.MonkeyPatch, *, told: bool, **options: object):
    """The record of the program, with events at every step or between windows none."""
    if told:
        monkeypatch.setattr(sessions, "is_told", lambda step: True)
    with warnings.catch_warnings(), Watching() as watching:
        warnings.simplefilter("ignore")
        watching.forgive = True
        program(**options)  # type: ignore[arg-type]
    monkeypatch.undo()
    assert not watching.session.troubles
    assert watching.record is not None
    return watching.record


FAILURES = [{"fails": name} for name in ("index", "target", "written")]


@pytest.mark.parametrize("options", [{}, *FAILURES, {"breaks": 113}], ids=["ends", "index", "target", "written", "breaks"])
def test_a_program_that_is_told_of_at_every_step_comes_to_the_same(monkeypatch, options):
    quiet, told = (watched(monkeypatch, told=told, **options) for told in (False, True))
    counted_alike(quiet, told)
    for name in ("step/loss", "optimizer0/learning-rate"):
        assert repr(quiet.series[name]) == repr(told.series[name])
    assert [(f.code, f.where) for f in run_checks(quiet, CHECKS)[0]] == [(f.code, f.where) for f in run_checks(told, CHECKS)[0]]


def counted_alike(quiet: Record, told: Record) -> None:
    counted = ("places", "model", "calls", "passes", "training", "rows", "last_step", "use")
    assert [[getattr(call, name, None) for name in counted] for call in quiet.need("calls")] == [
        [getattr(call, name, None) for name in counted] for call in told.need("calls")
    ]
    assert [(loss.where, loss.calls, loss.training) for loss in quiet.need("losses")] == [
        (loss.where, loss.calls, loss.training) for loss in told.need("losses")
    ]
    assert [entry.steps for entry in quiet.need("optimizers")] == [entry.steps for entry in told.need("optimizers")]
    assert [(mode.backwards, mode.in_eval, mode.judging) for mode in quiet.modes or ()] == [
        (mode.backwards, mode.in_eval, mode.judging) for mode in told.modes or ()
    ]


def test_a_loss_that_breaks_is_seen_where_it_breaks(monkeypatch):
    facts = watched(monkeypatch, told=False, breaks=113).non_finite
    assert facts is not None
    assert facts.step == 113


def test_no_observer_keeps_the_session_awake_for_good():
    awake_steps = 0

    def note() -> None:
        nonlocal awake_steps
        awake_steps += watching.session.awake

    with Watching() as watching:
        watching.session.after_steps.append(note)
        program()
        assert 20 <= awake_steps < STEPS / 2
        session: Session = watching.session
        awake = [
            f"{type(observer).__name__}.{event}"
            for observer in session.observers
            for event in COUNTED
            if hasattr(observer, event) and not observer.rests and observer.level_of(event) == Level.LIGHT
        ]
        assert not awake
        assert not session.sleepless
        assert not session.asked
