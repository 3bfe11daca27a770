"""Rows of calls between windows, which are taken many at once."""

import numpy as np
import pytest
import torch

from bringup.capture.observers.deferred import MOST, MOST_NUMBERS, Deferred
from bringup.capture.thinning import FIRST

STEPS, BATCH, ROWS = 120, 8, 96
LOOP = """
buffer = torch.empty({batch}, 2)
for step in range({steps}):
    rows = slice({batch} * step % {rows}, {batch} * step % {rows} + {batch})
    given = {given}
    loss = criterion(model(given), y[rows])
    optimizer.zero_grad(); loss.backward(); optimizer.step()
"""


def loop(given: str, before: str = "") -> str:
    return before + LOOP.format(given=given, batch=BATCH, steps=STEPS, rows=ROWS)


def assert_rows_are_those_of_their_steps(found: dict[str, np.ndarray]) -> None:
    given, step = found["site0/input"], found["site0/step"]
    assert np.allclose(given[:, 0] * 50, BATCH * step % ROWS + np.arange(len(given)) % BATCH)
    assert step.max() == STEPS - 1


def test_they_are_those_that_events_would_have_kept(samples):
    quiet, told = (samples(loop("x[rows]"), sleepless=sleepless) for sleepless in (False, True))
    assert quiet.keys() == told.keys()
    for name in quiet:
        assert np.array_equal(quiet[name], told[name]), name
    assert len(quiet["site0/input"]) == BATCH * STEPS
    assert_rows_are_those_of_their_steps(quiet)


def test_a_buffer_that_is_written_to_again_is_copied_at_once(samples):
    assert_rows_are_those_of_their_steps(samples(loop("buffer.copy_(x[rows])")))


def test_a_buffer_that_is_used_only_later_loses_rows_rather_than_mixing_them(samples):
    found = samples(loop(f"x[rows] if step < {FIRST + 10} else buffer.copy_(x[rows])"))
    assert len(found["site0/input"]) < BATCH * STEPS
    assert_rows_are_those_of_their_steps(found)


def test_outputs_that_are_large_are_kept_as_before(samples):
    wide = f"model = nn.Linear(2, {MOST_NUMBERS // BATCH + 1})\noptimizer = torch.optim.SGD(model.parameters(), lr=0.1)\n"
    quiet, told = (samples(loop("x[rows]", wide), sleepless=sleepless) for sleepless in (False, True))
    lost = len(told["site0/input"]) - len(quiet["site0/input"])
    assert 0 <= lost <= BATCH  # of the call that showed it
    assert {name for name in quiet if name.startswith("site0/")} == {name for name in told if name.startswith("site0/")}


FEW, MANY = torch.zeros(2), torch.zeros(MOST_NUMBERS + 1)


@pytest.mark.parametrize(
    ("args", "kwargs"),
    [((), {}), ((FEW, FEW), {}), (([1],), {}), ((FEW,), {"mask": None}), ((MANY,), {}), ((torch.tensor(1.0),), {})],
)
def test_only_simple_and_small_calls_are_taken(args, kwargs):
    assert not Deferred(print, 1000).takes(args, kwargs)
    assert Deferred(print, 1000).takes((torch.zeros(MOST_NUMBERS),), {})


def test_a_call_without_a_target_does_not_count():
    taken = []
    deferred = Deferred(taken.extend, 1000)
    for _ in range(MOST):
        deferred.call(torch.zeros(2, 1), torch.zeros(2, 1), 0)
    deferred.loss(torch.zeros(2, 1), torch.ones(2, 1))
    deferred.loss(torch.zeros(2, 1), torch.ones(2, 1))
    deferred.settle()
    assert len(taken) == 1


def test_what_waits_is_bounded():
    taken = []
    deferred = Deferred(taken.extend, 1000)
    for _ in range(MOST):
        deferred.call(torch.zeros(2, 1), torch.zeros(2, 1, requires_grad=True) * 2, 0)
        deferred.loss(torch.zeros(2, 1), torch.ones(2, 1))
    assert len(taken) == MOST
    assert not any(entry.output.tensor.requires_grad or entry.changed for entry in taken)


@pytest.mark.parametrize(
    ("output", "target"), [(MANY, FEW), ((FEW, FEW), FEW), (FEW, MANY), (FEW, torch.zeros(2, requires_grad=True))]
)
def test_what_does_not_fit_is_left_out_and_ends_it(output, target):
    deferred = Deferred(print, 1000)
    deferred.call(FEW, output, 0)
    deferred.loss(FEW, target)
    assert deferred.noted == []
    assert not deferred.takes((FEW,), {})


def test_a_small_part_of_much_memory_does_not_keep_the_rest_alive():
    deferred = Deferred(print, 1000)
    for _ in range(3):
        given, output, target = (torch.zeros(8, 100_000)[:, -2:] for _ in range(3))
        deferred.call(given, output, 0)
        deferred.loss(output, target)
    kept = [held for call in deferred.noted for held in (call.given, call.output, call.target)]
    assert len(kept) == 9
    assert all(held.tensor is None and held.array.shape == (8, 2) for held in kept)


def test_calls_are_handed_over_as_soon_as_there_is_no_room_for_the_last():
    taken = []
    deferred = Deferred(taken.extend, 5)
    for _ in range(3):
        assert taken == []
        deferred.call(torch.zeros(2, 1), torch.zeros(2, 1), 0)
        deferred.loss(torch.zeros(2, 1), torch.ones(2, 1))
    assert len(taken) == 3
