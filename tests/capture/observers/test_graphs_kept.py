"""Graphs that outlive their step."""

from bringup.capture.running import watch_source
from bringup.capture.thinning import FIRST
from bringup.checks import CHECKS, run_checks

PROGRAM = """
import torch
from torch import nn
torch.manual_seed(0)
x, y = torch.randn(640, 6), torch.randint(0, 2, (640,))

class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.lift, self.weigh = nn.Linear(6, 8), nn.Linear(8, 8)
        self.maps = []

    def forward(self, x):
        h = self.lift(x)
        gate = torch.sigmoid(self.weigh(h))
        self.maps.append({kept})
        return h * gate

model = nn.Sequential(Block(), nn.ReLU(), nn.Linear(8, 2))
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
for step in range(200):
    rows = torch.randint(0, 640, (32,))
    loss = nn.functional.cross_entropy(model(x[rows]), y[rows])
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
"""


def of(kept: str):
    record = watch_source(PROGRAM.replace("{kept}", kept))
    return record, [finding for finding in run_checks(record, CHECKS)[0] if finding.code == "MEM301"]


def test_a_tensor_from_inside_a_model_keeps_the_graph_that_it_came_from():
    record, found = of("gate")
    kept = record.need("kept")[0]
    assert kept.calls == kept.steps[-1] + 1
    assert kept.alive[-1] > 95
    assert [finding.where.line for finding in found] == [15]


def test_a_detached_one_keeps_nothing():
    record, found = of("gate.detach()")
    assert record.kept == ()
    assert found == []


STEADY = """
import torch
from torch import nn
torch.manual_seed(0)
x, y = torch.randn(640, 6), torch.randint(0, 2, (640,))
model = nn.Sequential(nn.Linear(6, 8), nn.ReLU(), nn.Linear(8, 2))
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
history = []
for step in range(220):
    rows = slice(step % 20 * 32, step % 20 * 32 + 32)
    loss = nn.functional.cross_entropy(model(x[rows]), y[rows])
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    history.append({kept})
"""


def test_graphs_are_counted_between_windows_too_where_no_event_is_made():
    kept = watch_source(STEADY.replace("{kept}", "loss")).need("kept")[0]
    counted = dict(zip(kept.steps, kept.alive, strict=True))
    assert {step for step in counted if step >= FIRST} >= {52, 102, 202}
    for step, alive in counted.items():
        assert step - 27 <= alive <= step  # each token stands for the calls since the last one, here 26 at step 128
    assert watch_source(STEADY.replace("{kept}", "loss.item()")).kept == ()
