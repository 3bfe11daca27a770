"""Rows of calls between windows, which are taken many at once."""

import numpy as np
import pytest
import torch

from bringup.capture.observers.deferred import MOST, MOST_NUMBERS, Deferred
from bringup.capture.session import Session
from bringup.capture.thinning import FIRST

STEPS = 120
TRAIN = """
import torch
from torch import nn
torch.manual_seed(0)
x = torch.arange(2000.0).reshape(1000, 2) / 1000
y = (x[:, 0] > 1).long()
model = nn.Linear(2, 2)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
criterion = nn.CrossEntropyLoss()
buffer = torch.empty(8, 2)
for step in range({steps}):
    rows = slice(8 * step % 1000, 8 * step % 1000 + 8)
    {batch}
    loss = criterion(model(batch), y[rows])
    optimizer.zero_grad(); loss.backward(); optimizer.step()
"""


def samples(tmp_path, batch: str, *, sleepless: bool = False) -> dict[str, np.ndarray]:
    path = tmp_path / "train.py"
    path.write_text(TRAIN.format(steps=STEPS, batch=batch))
    session = Session(root=tmp_path)
    session.sleepless = sleepless
    session.install()
    try:
        exec(compile(path.read_text(), str(path), "exec"), {})
    finally:
        session.uninstall()
    assert session.troubles == {}
    return session.samples()


def test_they_are_those_that_events_would_have_kept(tmp_path):
    quiet, told = (samples(tmp_path, "batch = x[rows]", sleepless=sleepless) for sleepless in (False, True))
    assert quiet.keys() == told.keys()
    for name in quiet:
        assert np.array_equal(quiet[name], told[name]), name
    assert len(quiet["site0/input"]) == 8 * STEPS
    assert quiet["site0/step"].max() == STEPS - 1


def test_a_buffer_that_is_written_to_again_is_copied_at_once(tmp_path):
    found = samples(tmp_path, "buffer.copy_(x[rows]); batch = buffer")
    given, steps = found["site0/input"], found["site0/step"]
    assert steps.max() > FIRST
    assert np.allclose(given[:, 0] * 1000, 16 * steps + 2 * (np.arange(len(given)) % 8))


def test_a_buffer_that_is_used_only_later_loses_rows_rather_than_mixing_them(tmp_path):
    late = f"batch = x[rows] if step < {FIRST + 10} else buffer.copy_(x[rows])"
    found = samples(tmp_path, late)
    given, steps = found["site0/input"], found["site0/step"]
    assert np.allclose(given[:, 0] * 1000, 16 * steps + 2 * (np.arange(len(given)) % 8))
    assert steps.max() == STEPS - 1


FEW, MANY = torch.zeros(2), torch.zeros(MOST_NUMBERS + 1)


@pytest.mark.parametrize(
    ("args", "kwargs"),
    [((), {}), ((FEW, FEW), {}), (([1],), {}), ((FEW,), {"mask": None}), ((MANY,), {})],
)
def test_only_simple_and_small_calls_are_taken(args, kwargs):
    assert not Deferred(print).takes(args, kwargs)
    assert Deferred(print).takes((torch.zeros(MOST_NUMBERS),), {})


def test_a_call_without_a_target_does_not_count():
    taken = []
    deferred = Deferred(taken.extend)
    for _ in range(MOST):
        deferred.call(torch.zeros(2, 1), torch.zeros(2, 1), 0)
    deferred.loss(torch.zeros(2, 1), torch.ones(2, 1))
    deferred.loss(torch.zeros(2, 1), torch.ones(2, 1))
    deferred.settle()
    assert len(taken) == 1


def test_what_waits_is_bounded():
    taken = []
    deferred = Deferred(taken.extend)
    for _ in range(MOST):
        deferred.call(torch.zeros(2, 1), torch.zeros(2, 1, requires_grad=True) * 2, 0)
        deferred.loss(torch.zeros(2, 1), torch.ones(2, 1))
    assert len(taken) == MOST
    assert not any(entry.output.requires_grad or entry.changed for entry in taken)
