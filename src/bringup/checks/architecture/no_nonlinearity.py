"""ARC301 no-nonlinearity."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from bringup.checks.check import Check
from bringup.checks.loss_reading import graphs
from bringup.findings import Family, Finding, Measurement, Severity, Where
from bringup.record import LinearFacts, Record


@dataclass(frozen=True, kw_only=True)
class NoNonlinearity(Check):
    """Layers without an activation function between them amount to one linear layer.

    ## What it detects
    A model of {layers} layers with weights or more in which every operation between the first and the last is linear.

    ## Why it is bad
    A linear function of a linear function is linear: the hidden layers add nothing, and the model can learn no more than a
    linear or logistic regression.

    ## How it is detected
    In the graph of the loss, below the layers of the model, there are only products with weights, sums, means, views,
    dropout and batch norm. A hidden layer that is narrower than both input and output is left out: that is a factorisation
    of low rank.

    ## How to fix it
    Put an activation function, such as a ReLU, after each hidden layer.

    ## How it is confirmed
    Probe `added-activations`: the script is run again with a ReLU after each linear layer but the last.
    """

    code: ClassVar[str] = "ARC301"
    name: ClassVar[str] = "no-nonlinearity"
    family: ClassVar[Family] = Family.ARCHITECTURE
    severity: ClassVar[Severity] = Severity.WARNING
    confirm_with: ClassVar[str | None] = "added-activations"
    bad: ClassVar[str] = """
import torch
from torch import nn
torch.manual_seed(0)
x = torch.randn(600, 6)
y = (x @ torch.randn(6, 4)).argmax(1)
model = nn.Sequential(
    nn.Linear(6, 32),
    nn.Dropout(0.1),
    nn.Linear(32, 4),
)
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for epoch in range(8):
    model.train()
    for rows in torch.randperm(480).split(32):
        loss = nn.functional.cross_entropy(model(x[rows]), y[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
model.eval()
with torch.no_grad():
    print((model(x[480:]).argmax(1) == y[480:]).float().mean().item())
"""
    good: ClassVar[str] = """
import torch
from torch import nn
torch.manual_seed(0)
x = torch.randn(600, 4) @ torch.randn(4, 20) / 2
y = x @ torch.randn(20, 12) / 4 + 0.1 * torch.randn(600, 12)
model = nn.Sequential(nn.Linear(20, 8), nn.Linear(8, 12))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for epoch in range(8):
    for rows in torch.randperm(480).split(32):
        loss = nn.functional.mse_loss(model(x[rows]), y[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
model.eval()
with torch.no_grad():
    print(nn.functional.mse_loss(model(x[480:]), y[480:]).item())
"""

    layers: int = 2

    def detect(self, record: Record) -> Iterator[Finding]:
        """Yield one finding for each model."""
        said: set[Where | None] = set()
        for graph in graphs(record):
            linear = graph.linear
            if linear is None or len(linear.widths) <= self.layers or (place := self.place(linear)) in said:
                continue
            said.add(place)
            yield self.finding(
                f"the layers of sizes {' → '.join(map(str, linear.widths))} have no activation function between them: together "
                "they are one linear layer",
                Measurement(name="layers with weights", value=len(linear.widths) - 1, limit=self.layers - 1),
                Measurement(name="operations between them that are not linear", value=0, limit=1),
                where=place or graph.loss,
                fix="put an activation function, such as a ReLU, after each hidden layer",
                confidence=0.95,
            )

    def place(self, linear: LinearFacts) -> Where | None:
        """The line of the first layer's call, where each layer has a call of its own; else the line where it is built."""
        if len(set(linear.called)) > 1:
            return linear.called[0]
        return linear.created[0] if linear.created else linear.called[0] if linear.called else None
