"""Copies of a model beside the one that is trained."""

import pytest

from bringup.capture.running import watch_source

PROGRAM = """
import copy
import torch
from torch import nn
torch.manual_seed(0)
def network():
    return nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 2))
model = network()
other = {other}
optimizer = torch.optim.SGD({trained}, lr=0.01)
for step in range(140):
    x, y = torch.randn(16, 4), torch.randint(2, (16,))
    out = model(x)
    with torch.no_grad():
        kept = other({given})
    loss = nn.functional.cross_entropy(out, y) + 0.1 * (out - kept).square().mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    {after}
"""
EMA = "for p, q in zip(other.parameters(), model.parameters()): p.data.lerp_(q.data, 0.1)"


def copies(*, other="copy.deepcopy(model)", trained="model.parameters()", given="x + 1", after="pass"):
    source = PROGRAM.replace("{other}", other).replace("{trained}", trained).replace("{given}", given)
    return watch_source(source.replace("{after}", after)).copies or ()


def test_a_copy_that_never_moves():
    (found,) = copies()
    assert (found.moved, found.same_inputs, found.steps) == (False, False, 129)
    assert found.calls > 10
    assert found.where.line == 14


@pytest.mark.parametrize("after", [EMA, "if step % 50 == 9: other.load_state_dict(model.state_dict())"])
def test_one_that_follows(after):
    (found,) = copies(after=after)
    assert found.moved


def test_a_reference_gets_the_same_inputs():
    (found,) = copies(given="x")
    assert found.same_inputs


@pytest.mark.parametrize(
    "changed", [{"other": "network()"}, {"other": "model"}, {"trained": "[*model.parameters(), *other.parameters()]"}]
)
def test_what_is_no_copy(changed):
    assert copies(**changed) == ()
