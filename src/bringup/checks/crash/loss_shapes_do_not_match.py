"""CRS308 loss-shapes-do-not-match."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from bringup.checks.check import Check
from bringup.checks.crash.kinds import Kind, failed_by, operand
from bringup.findings import Family, Finding, Measurement, Severity
from bringup.record import Record, TensorFacts


@dataclass(frozen=True, kw_only=True)
class LossShapesDoNotMatch(Check):
    """The prediction and the target have shapes that the loss does not take.

    ## What it detects
    A loss that raises because its two arguments do not belong together: a column against a row, one-hot classes against
    numbers of classes, the classes on the wrong axis, another number of rows.

    ## Why it is bad
    The program ends here; nothing was learned.

    ## How it is detected
    The arguments of the loss are read from the frames of the exception. Where the number of rows differs, the graph is
    searched for the line where rows and columns were mixed.

    ## How to fix it
    Give regression and binary losses two tensors of one shape (`prediction.squeeze(1)` or `target.unsqueeze(1)`); give
    `cross_entropy` scores of shape (N, C, ...) and classes of shape (N, ...).

    ## How it is confirmed
    Run the program again after the change: the exception is gone, or another one tells what comes next.
    """

    code: ClassVar[str] = "CRS308"
    name: ClassVar[str] = "loss-shapes-do-not-match"
    family: ClassVar[Family] = Family.CRASH
    severity: ClassVar[Severity] = Severity.ERROR
    bad: ClassVar[str] = """
import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(640, 8)
y = (x[:, 0] + x[:, 1] > 0).float()
model = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 1))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for epoch in range(8):
    for start in range(0, 512, 32):
        loss = nn.functional.binary_cross_entropy_with_logits(model(x[start : start + 32]), y[start : start + 32])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
with torch.no_grad():
    accuracy = ((model(x[512:]).squeeze(1) > 0) == (y[512:] > 0.5)).float().mean()
print(f"accuracy {accuracy:.3f}")
"""
    good: ClassVar[str] = """
import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(640, 8)
y = (x[:, 0] + x[:, 1] > 0).float()
model = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 1))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for epoch in range(8):
    for start in range(0, 512, 32):
        loss = nn.functional.binary_cross_entropy_with_logits(model(x[start : start + 32]).squeeze(1), y[start : start + 32])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
with torch.no_grad():
    accuracy = ((model(x[512:]).squeeze(1) > 0) == (y[512:] > 0.5)).float().mean()
print(f"accuracy {accuracy:.3f}")
"""

    def detect(self, record: Record) -> Iterator[Finding]:
        """Yield at most one finding."""
        failed = failed_by(record, Kind.LOSS_SHAPES)
        if failed is None:
            return
        given, target = operand(failed, "input"), operand(failed, "target")
        if given is None or target is None:
            shape = failed.related.get("root_shape")
            yield self.finding(
                f"the loss has the shape {shape}: a backward pass begins at one number",
                Measurement(name="shape of the loss", value=str(shape), limit="[]"),
                fix="reduce the loss to its mean: `loss.mean()`",
                where=failed.places.get("loss", failed.where),
            )
            return
        misshaped = failed.places.get("misshaped")
        yield self.finding(
            f"{failed.operation} is given a prediction of shape {list(given.shape)} and a target of shape {list(target.shape)}"
            + (f"; the rows were mixed with columns in line {misshaped}" if misshaped else ""),
            Measurement(name="shape of the prediction", value=str(list(given.shape))),
            Measurement(name="shape of the target", value=str(list(target.shape))),
            fix=advice(failed.operation, given, target),
            where=misshaped or failed.where,
        )


def advice(function: str, given: TensorFacts, target: TensorFacts) -> str:
    """What makes the two fit."""
    one, other = given.shape, target.shape
    if one[:1] != other[:1]:
        return f"keep the batch as the first axis: {list(one)} has not the {other[0] if other else 0} rows of the target"
    if function in ("cross_entropy", "nll_loss"):
        if len(one) == 3 and one[:2] == other:
            return "move the classes to axis 1: `scores.transpose(1, 2)`"
        if one == other:
            return "give numbers of classes: `target.argmax(1)`, or probabilities as float"
        if len(other) == len(one) and other[-1] == 1:
            return "take the last axis away: `target.squeeze(1)`"
        return f"give one class a row: a target of shape {list(one[:1])}"
    if function == "categorical_crossentropy" and other in (one[:-1], (*one[:-1], 1)):
        return "the targets are numbers of classes: use sparse_categorical_crossentropy, or make them one-hot"
    if (*other, 1) == one:
        return "take the last axis of the prediction away: `prediction.squeeze(-1)`"
    if (*one, 1) == other:
        return "take the last axis of the target away: `target.squeeze(-1)`"
    return f"make the last layer give as many values as the target has: {list(other)}"
