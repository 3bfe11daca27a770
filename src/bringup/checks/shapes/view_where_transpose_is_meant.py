"""SHP304 view-where-transpose-is-meant."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from bringup.checks.check import Check
from bringup.checks.loss_reading import sizes
from bringup.findings import Family, Finding, Measurement, Severity
from bringup.record import Record, ViewFacts


@dataclass(frozen=True, kw_only=True)
class ViewWhereTransposeIsMeant(Check):
    """A view puts an axis at another place, and leaves the values where they are.

    ## What it detects
    `view` or `reshape` used to swap axes, such as [N, C, T] seen as [N, T, C], or heads of an attention joined without a
    transpose.

    ## Why it is bad
    A view reads the same values in the same order: what is then called a time step holds pieces of several, and features of
    one are spread over others. The shapes fit, and no error is raised.

    ## How it is detected
    Sizes that are larger than 1 come back at another place, in every shape that this line was given; the rest is the same
    in number. Splitting and joining neighbours, which is what views are for, is left out, and so are axes of the same size.

    ## How to fix it
    Use `transpose` or `permute`, followed by `reshape` where axes are joined.

    ## How it is confirmed
    Probe `moved-axes`: the script is run again with the values moved along with the axes in this line.
    """

    code: ClassVar[str] = "SHP304"
    name: ClassVar[str] = "view-where-transpose-is-meant"
    family: ClassVar[Family] = Family.SHAPES
    severity: ClassVar[Severity] = Severity.ERROR
    confirm_with: ClassVar[str | None] = "moved-axes"
    bad: ClassVar[str] = """
import torch
from torch import nn
torch.manual_seed(0)
x = torch.randn(320, 3, 10)
y = (x[:, 0] * x[:, 1] - x[:, 2]).sum(1).gt(0).long()
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.steps = nn.Sequential(nn.Linear(3, 24), nn.ReLU())
        self.head = nn.Linear(24, 2)
    def forward(self, x):
        x = x.view(x.size(0), 10, 3)
        return self.head(self.steps(x).mean(1))
model = Net()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for epoch in range(8):
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
x = torch.randn(320, 3, 10)
y = (x[:, 0] * x[:, 1] - x[:, 2]).sum(1).gt(0).long()
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.steps = nn.Sequential(nn.Linear(3, 24), nn.ReLU())
        self.head = nn.Linear(24, 2)
    def forward(self, x):
        x = x.transpose(1, 2)
        return self.head(self.steps(x).mean(1))
model = Net()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for epoch in range(8):
    for rows in torch.randperm(256).split(32):
        loss = nn.functional.cross_entropy(model(x[rows]), y[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
model.eval()
with torch.no_grad():
    print((model(x[256:]).argmax(1) == y[256:]).float().mean().item())
"""

    def detect(self, record: Record) -> Iterator[Finding]:
        """Yield one finding for each line."""
        views: tuple[ViewFacts, ...] = record.need("views")
        for view in views:
            if len(view.before) == len(view.after) == 2 and view.seen < 2:
                continue  # one matrix seen as another may be rows joined and split again, with sizes that agree by chance
            moved = ", ".join(map(str, view.moved))
            yield self.finding(
                f"`{view.operation}` makes {sizes(view.after)} of {sizes(view.before)}: the axes of size {moved} change "
                "places, and the values do not",
                Measurement(name="shape before", value=sizes(view.before)),
                Measurement(name="shape after", value=sizes(view.after)),
                Measurement(name="shapes for which this line did so", value=view.seen),
                where=view.where,
                fix="use transpose or permute to move axes; view and reshape only split and join neighbours",
                confidence=0.95 if view.seen > 1 or len(view.before) > 2 else 0.8,
            )
