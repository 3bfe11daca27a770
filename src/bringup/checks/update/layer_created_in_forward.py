"""UPD311 layer-created-in-forward."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from bringup.checks.check import Check
from bringup.checks.updating import stepping
from bringup.findings import Family, Finding, Measurement, Severity
from bringup.record import Record


@dataclass(frozen=True, kw_only=True)
class LayerCreatedInForward(Check):
    """Each call of the model builds a layer anew.

    ## What it detects
    A layer with weights that is built in `forward`, so that every batch meets new random weights.

    ## Why it is bad
    What such a layer learns is thrown away with it; the model behind it sees its input through another random map each time.

    ## How it is detected
    {layers} different layers and more came from one line, each of them in one backward pass only, and none in an optimizer.

    ## How to fix it
    Build the layer in `__init__`, and only call it in `forward`.

    ## How it is confirmed
    The measurement is the proof.
    """

    code: ClassVar[str] = "UPD311"
    name: ClassVar[str] = "layer-created-in-forward"
    family: ClassVar[Family] = Family.UPDATE
    severity: ClassVar[Severity] = Severity.ERROR
    bad: ClassVar[str] = """
import torch
from torch import nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Linear(8, 32)
        self.last = nn.Linear(32, 2)

    def forward(self, x):
        x = self.first(x).relu()
        x = x + nn.Linear(32, 32)(x).tanh()
        return self.last(x)

torch.manual_seed(0)
x = torch.randn(512, 8)
y = (x[:, 0] + x[:, 1] > 0).long()
model = Net()
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
for epoch in range(10):
    for batch in torch.randperm(512).split(64):
        loss = nn.functional.cross_entropy(model(x[batch]), y[batch])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
"""
    good: ClassVar[str] = """
import torch
from torch import nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Linear(8, 32)
        self.last = None

    def forward(self, x):
        x = nn.ReLU()(self.first(x))
        if self.last is None:
            self.last = nn.Linear(x.shape[1], 2)
        return nn.Dropout(0.0)(self.last(x))

torch.manual_seed(0)
x = torch.randn(512, 8)
y = (x[:, 0] + x[:, 1] > 0).long()
model = Net()
model(x[:1])
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
for epoch in range(10):
    for batch in torch.randperm(512).split(64):
        loss = nn.functional.cross_entropy(model(x[batch]), y[batch])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
"""

    layers: int = 3

    def detect(self, record: Record) -> Iterator[Finding]:
        """Yield a finding for each line."""
        stepping(record)
        for entry in record.unheld or ():
            if entry.renewed >= self.layers:
                yield self.finding(
                    f"each call builds a new {entry.kind} with random weights",
                    Measurement(name="layers from this line", value=entry.renewed, limit=self.layers),
                    Measurement(name="values in each", value=entry.values),
                    fix="build the layer in `__init__`, and only call it in `forward`",
                    where=entry.where,
                )
