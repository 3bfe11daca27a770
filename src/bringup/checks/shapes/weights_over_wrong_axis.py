"""SHP305 weights-over-wrong-axis."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from bringup.checks.check import Check
from bringup.checks.loss_reading import graphs, sizes
from bringup.findings import Family, Finding, Measurement, Severity
from bringup.record import Record, WeighingFacts


@dataclass(frozen=True, kw_only=True)
class WeightsOverWrongAxis(Check):
    """Attention weights are normalised over another axis than the one they are summed over.

    ## What it detects
    A softmax of scores of queries and keys, over the queries instead of the keys; and weights that are the softmax over an
    axis of size 1.

    ## Why it is bad
    The weights of one query do not sum to 1: outputs grow with the number of steps, and which key matters is decided across
    queries. Over an axis of size 1 all weights are 1, and nothing is chosen at all.

    ## How it is detected
    In the graph of the loss a softmax of products of two computed things is multiplied with values as a matrix, and sums
    over another axis than that of the softmax, views and transposes followed. Or a softmax over an axis of {size} value is
    multiplied with values.

    ## How to fix it
    Take the softmax over the keys: `dim=-1` for scores of shape [..., queries, keys]; over the steps for weights [N, T, 1].

    ## How it is confirmed
    Probe `right-axis`: the script is run again with the softmax of this line over the other axis.
    """

    code: ClassVar[str] = "SHP305"
    name: ClassVar[str] = "weights-over-wrong-axis"
    family: ClassVar[Family] = Family.SHAPES
    severity: ClassVar[Severity] = Severity.ERROR
    confirm_with: ClassVar[str | None] = "right-axis"
    bad: ClassVar[str] = """
import torch
from torch import nn
torch.manual_seed(0)
x = torch.randn(320, 10, 4)
y = (x[:, :, 0].amax(1) > 1.5).long()
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.inside = nn.Linear(4, 16)
        self.query, self.key, self.value = nn.Linear(16, 16), nn.Linear(16, 16), nn.Linear(16, 16)
        self.head = nn.Linear(16, 2)
    def forward(self, x):
        x = torch.relu(self.inside(x))
        scores = self.query(x) @ self.key(x).transpose(1, 2) / 4
        weights = torch.softmax(scores, dim=1)
        return self.head((weights @ self.value(x)).amax(1))
model = Net()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for epoch in range(6):
    for rows in torch.randperm(256).split(32):
        loss = nn.functional.cross_entropy(model(x[rows]), y[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
model.eval()
with torch.no_grad():
    print((model(x[256:]).argmax(1) == y[256:]).float().mean().item())
"""
    good: ClassVar[str] = """
import torch
from torch import nn
torch.manual_seed(0)
x = torch.randn(320, 10, 4)
y = (x[:, :, 0].amax(1) > 1.5).long()
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.inside = nn.Linear(4, 16)
        self.query, self.key, self.value = nn.Linear(16, 16), nn.Linear(16, 16), nn.Linear(16, 16)
        self.head = nn.Linear(16, 2)
    def forward(self, x):
        x = torch.relu(self.inside(x))
        scores = self.key(x) @ self.query(x).transpose(1, 2) / 4
        weights = torch.softmax(scores, dim=1)
        return self.head((weights.transpose(1, 2) @ self.value(x)).amax(1))
model = Net()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for epoch in range(6):
    for rows in torch.randperm(256).split(32):
        loss = nn.functional.cross_entropy(model(x[rows]), y[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
model.eval()
with torch.no_grad():
    print((model(x[256:]).argmax(1) == y[256:]).float().mean().item())
"""

    size: int = 1

    def detect(self, record: Record) -> Iterator[Finding]:
        """Yield one finding for each line."""
        for graph in graphs(record):
            for weighing in graph.weighings:
                message = self.message(weighing)
                if message is None:
                    continue
                yield self.finding(
                    message,
                    Measurement(name="axis of the softmax", value=weighing.axis, limit=weighing.summed),
                    Measurement(name="shape of the weights", value=sizes(weighing.shape)),
                    where=weighing.where or graph.loss,
                    fix="take the softmax over the axis that is summed over",
                    confidence=0.9,
                )

    def message(self, weighing: WeighingFacts) -> str | None:
        """What is wrong; None where nothing is."""
        axis, shape = weighing.axis, weighing.shape
        if weighing.by == "product" and shape and shape[axis] == self.size and max(shape[1:], default=0) > self.size:
            return f"the softmax over axis {axis} of {sizes(shape)} is over one value: all weights are 1"
        if weighing.by == "matmul" and weighing.of_products and weighing.summed is not None and weighing.summed != axis:
            return f"the softmax of {sizes(shape)} is over axis {axis}, and the weights are summed over axis {weighing.summed}"
        return None
