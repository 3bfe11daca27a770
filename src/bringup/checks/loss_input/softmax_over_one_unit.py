"""LOS305 softmax-over-one-unit."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from bringup.checks.check import Check
from bringup.checks.loss_reading import activation_place, at, losses_with_gradient, sizes
from bringup.errors import NotApplicable
from bringup.findings import Family, Finding, Measurement, Severity, Where
from bringup.record import ActivationFacts, Record


@dataclass(frozen=True, kw_only=True)
class SoftmaxOverOneUnit(Check):
    """A softmax over a single unit is 1 whatever goes in.

    ## What it detects
    A softmax or log-softmax at the end of a model over an axis of size 1, and cross entropy over a single class.

    ## Why it is bad
    The output is always 1 and the loss constant: no gradient reaches the model, and nothing is learned.

    ## How it is detected
    The axis of the last softmax before the loss, or the axis of the classes in the input of cross entropy, has {units} unit.

    ## How to fix it
    For two classes with one output, remove the softmax and use `BCEWithLogitsLoss`; else give the model one output a class.

    ## How it is confirmed
    The gradient of the loss with respect to every weight is exactly 0.
    """

    code: ClassVar[str] = "LOS305"
    name: ClassVar[str] = "softmax-over-one-unit"
    family: ClassVar[Family] = Family.LOSS_INPUT
    severity: ClassVar[Severity] = Severity.ERROR
    confirm_with: ClassVar[str | None] = "raw-logits"
    bad: ClassVar[str] = """
import torch
from torch import nn
torch.manual_seed(0)
x = torch.randn(600, 6)
y = (x[:, 0] * x[:, 1] + x[:, 2] > 0).float().unsqueeze(1)
model = nn.Sequential(nn.Linear(6, 32), nn.ReLU(), nn.Linear(32, 1), nn.Softmax(dim=1))
loss_function = nn.BCELoss()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for epoch in range(8):
    for rows in torch.randperm(480).split(32):
        loss = loss_function(model(x[rows]), y[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
model.eval()
with torch.no_grad():
    print(((model(x[480:]) > 0.5).float() == y[480:]).float().mean().item())
"""
    good: ClassVar[str] = """
import torch
from torch import nn
torch.manual_seed(0)
x = torch.randn(600, 6)
y = (x[:, 0] * x[:, 1] + x[:, 2] > 0).float().unsqueeze(1)
model = nn.Sequential(nn.Linear(6, 32), nn.ReLU(), nn.Linear(32, 1), nn.Sigmoid())
loss_function = nn.BCELoss()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for epoch in range(8):
    for rows in torch.randperm(480).split(32):
        loss = loss_function(model(x[rows]), y[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
model.eval()
with torch.no_grad():
    print(((model(x[480:]) > 0.5).float() == y[480:]).float().mean().item())
"""

    units: int = 1

    def detect(self, record: Record) -> Iterator[Finding]:
        """Yield one finding for each line."""
        if not record.losses and not record.graphs:
            raise NotApplicable("the run did not record a loss function or its graph")
        said: set[Where | None] = set()
        for loss in losses_with_gradient(record):
            over_one = loss.activation is not None and self.over_one(loss.activation)
            one_class = loss.function == "cross_entropy" and loss.classes is not None and loss.classes.count == self.units
            place = activation_place(loss) if over_one else loss.where
            if not (over_one or one_class) or place in said:
                continue
            said.add(place)
            what = "the softmax before the loss" if over_one else "cross entropy"
            yield self.one(f"{what}{at(place)} is over one unit: {sizes(loss.input.shape)}", place, loss.value)
        for graph in record.graphs or ():
            for output in graph.outputs:
                place = output.where or graph.loss
                if self.over_one(output) and place not in said:
                    said.add(place)
                    yield self.one(f"the softmax that ends the model is over one unit: {sizes(output.shape)}", place, None)

    def over_one(self, activation: ActivationFacts) -> bool:
        """Whether a softmax is over one unit, of several values."""
        axis, shape = activation.axis, activation.shape
        if activation.kind not in ("softmax", "log_softmax") or axis is None or not shape:
            return False
        return shape[axis] == self.units and max(shape) > self.units

    def one(self, message: str, place: Where | None, value: float | None) -> Finding:
        """The finding."""
        return self.finding(
            f"{message}, and its result is the same whatever the model computes",
            Measurement(name="units that the softmax is over", value=self.units, limit=self.units),
            Measurement(name="first loss", value=value, step=0),
            where=place,
            fix="with one output use a sigmoid, or BCEWithLogitsLoss on the raw score; else give the model one output a class",
        )
