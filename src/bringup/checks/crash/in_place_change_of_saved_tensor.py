"""CRS306 in-place-change-of-saved-tensor."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from bringup.checks.check import Check
from bringup.checks.crash.kinds import Kind, failed_by
from bringup.findings import Family, Finding, Measurement, Severity
from bringup.record import Record


@dataclass(frozen=True, kw_only=True)
class InPlaceChangeOfSavedTensor(Check):
    """A tensor was changed that the backward pass still needed.

    ## What it detects
    An operation that writes into a tensor (`+=`, `x[...] =`, `relu_`, an optimizer's step) between the forward pass
    that saved it and the backward pass that needs it; or one that writes into a parameter.

    ## Why it is bad
    The program ends here; nothing was learned.

    ## How it is detected
    The message of torch gives shape and maker of the tensor; the graph gives the line that made it, and the operations
    seen in the first steps the line that changed it.

    ## How to fix it
    Write `x = x + y` for `x += y`, take a copy before assigning into a part, compute losses anew after an optimizer's
    step, and change parameters inside of `torch.no_grad()` only.

    ## How it is confirmed
    Run the program again after the change: the exception is gone, or another one tells what comes next.
    """

    code: ClassVar[str] = "CRS306"
    name: ClassVar[str] = "in-place-change-of-saved-tensor"
    family: ClassVar[Family] = Family.CRASH
    severity: ClassVar[Severity] = Severity.ERROR
    bad: ClassVar[str] = """
import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.first, self.second, self.head = nn.Linear(8, 32), nn.Linear(32, 32), nn.Linear(32, 2)

    def forward(self, x):
        h = torch.sigmoid(self.first(x))
        h += x.mean(1, keepdim=True)
        return self.head(torch.relu(self.second(h)))


torch.manual_seed(0)
x = torch.randn(640, 8)
y = (x[:, 0] + x[:, 1] > 0).long()
model = Net()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for epoch in range(8):
    for start in range(0, 512, 32):
        loss = nn.functional.cross_entropy(model(x[start : start + 32]), y[start : start + 32])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
with torch.no_grad():
    accuracy = (model(x[512:]).argmax(1) == y[512:]).float().mean()
print(f"accuracy {accuracy:.3f}")
"""
    good: ClassVar[str] = """
import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.first, self.second, self.head = nn.Linear(8, 32), nn.Linear(32, 32), nn.Linear(32, 2)

    def forward(self, x):
        h = torch.sigmoid(self.first(x))
        h = h + x.mean(1, keepdim=True)
        return self.head(torch.relu(self.second(h)))


torch.manual_seed(0)
x = torch.randn(640, 8)
y = (x[:, 0] + x[:, 1] > 0).long()
model = Net()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for epoch in range(8):
    for start in range(0, 512, 32):
        loss = nn.functional.cross_entropy(model(x[start : start + 32]), y[start : start + 32])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
with torch.no_grad():
    accuracy = (model(x[512:]).argmax(1) == y[512:]).float().mean()
print(f"accuracy {accuracy:.3f}")
"""

    def detect(self, record: Record) -> Iterator[Finding]:
        """Yield at most one finding."""
        failed = failed_by(record, Kind.IN_PLACE)
        if failed is None:
            return
        related, places = failed.related, failed.places
        changed, made = places.get("changed"), places.get("made")
        by = related.get("changed_by")
        if "in-place operation" in failed.message:
            message, fix, where = "a parameter is changed in place", "change it inside of `with torch.no_grad():`", failed.where
        elif by == "optimizer.step":
            message = "the optimizer changed a weight that this backward pass still needs"
            fix, where = "compute the loss again after the step, or detach what the other loss does not train", failed.where
        else:
            shape, maker = related.get("changed_shape"), related.get("made_by")
            message = f"a tensor of shape {shape}, made by {maker} in line {made}, was changed"
            fix, where = (
                "write the operation without changing its argument: `x = x + y` for `x += y`",
                changed or made or failed.where,
            )
        yield self.finding(
            message + (f" by `{by}` in line {changed}" if by and changed else ""),
            Measurement(name="shape of the tensor", value=str(related.get("changed_shape"))),
            Measurement(name="changed by", value=by),
            fix=fix,
            where=where,
            confidence=1.0 if by or "in-place operation" in failed.message else 0.8,
        )
