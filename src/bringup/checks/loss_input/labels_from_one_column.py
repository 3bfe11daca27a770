"""LOS314 labels-from-one-column."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from bringup.checks.check import Check
from bringup.checks.loss_reading import at, losses_with_gradient, sizes
from bringup.errors import NotApplicable
from bringup.findings import Family, Finding, Measurement, Severity
from bringup.record import Record, SingleFacts


@dataclass(frozen=True, kw_only=True)
class LabelsFromOneColumn(Check):
    """Class numbers are read as if they were one-hot: the largest of one column is always column 0.

    ## What it detects
    `argmax` or `max` over the second axis of labels that have one column of class numbers, not one column a class.

    ## Why it is bad
    Every target becomes class 0: the loss falls to 0 at once, and the model answers 0 for everything.

    ## How it is detected
    The largest value is taken over an axis of {columns} value, outside of the model and not of its output, and all targets
    of the loss that were looked at are 0 though it knows several classes.

    ## How to fix it
    Use the labels as they are: `labels.squeeze(1)`.

    ## How it is confirmed
    The classes among the targets of the loss are those of the data.
    """

    code: ClassVar[str] = "LOS314"
    name: ClassVar[str] = "labels-from-one-column"
    family: ClassVar[Family] = Family.LOSS_INPUT
    severity: ClassVar[Severity] = Severity.ERROR
    bad: ClassVar[str] = """
import torch
from torch import nn
torch.manual_seed(0)
x = torch.randn(600, 6)
y = (x @ torch.randn(6, 4)).argmax(1).unsqueeze(1)
model = nn.Sequential(nn.Linear(6, 32), nn.ReLU(), nn.Linear(32, 4))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for epoch in range(8):
    for rows in torch.randperm(480).split(32):
        targets = torch.max(y[rows], 1)[1]
        loss = nn.functional.cross_entropy(model(x[rows]), targets)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
print(loss.item())
"""
    good: ClassVar[str] = """
import torch
from torch import nn
torch.manual_seed(0)
x = torch.randn(600, 6)
y = nn.functional.one_hot((x @ torch.randn(6, 4)).argmax(1), 4)
model = nn.Sequential(nn.Linear(6, 32), nn.ReLU(), nn.Linear(32, 4))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for epoch in range(8):
    for rows in torch.randperm(480).split(32):
        targets = torch.max(y[rows], 1)[1]
        loss = nn.functional.cross_entropy(model(x[rows]), targets)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
print(loss.item())
"""

    columns: int = 1

    def detect(self, record: Record) -> Iterator[Finding]:
        """Yield one finding for each line."""
        singles: tuple[SingleFacts, ...] = record.need("singles")
        losses = losses_with_gradient(record, "cross_entropy", "nll_loss")
        if not losses:
            raise NotApplicable("no loss over classes was called with a gradient")
        empty = [loss for loss in losses if loss.target_minimum == loss.target_maximum == 0 and self.several(loss.input.shape)]
        for single in singles if empty else ():
            if not single.given or single.axis == 0:
                continue
            yield self.finding(
                f"`{single.operation}`{at(single.where)} takes the largest of one column ({sizes(single.shape)}), which is "
                f"always column 0: every target of the loss{at(empty[0].where)} is 0",
                Measurement(name="columns", value=single.shape[single.axis], limit=self.columns),
                Measurement(name="largest target of the loss", value=empty[0].target_maximum),
                where=single.where,
                fix="use the labels as they are: labels.squeeze(1)",
            )

    def several(self, shape: tuple[int, ...]) -> bool:
        """Whether a loss knows several classes."""
        return len(shape) > 1 and shape[1] > self.columns
