"""UPD313 random-head-frozen."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from bringup.checks.check import Check
from bringup.findings import Family, Finding, Measurement, Severity
from bringup.record import Record


@dataclass(frozen=True, kw_only=True)
class RandomHeadFrozen(Check):
    """The last layer of a model keeps its random initial weights, while the rest is trained.

    ## What it detects
    A fully-connected last layer whose parameters have `requires_grad` off, and that was neither loaded nor trained before.

    ## Why it is bad
    The answers go through a random projection that nothing corrects. It happens when layers are frozen by their names, and the
    test matches the new head as well.

    ## How it is detected
    Some steps into a training, no parameter of the last layer with weights wants a gradient. Its values were not loaded, and no
    optimizer has ever changed them.

    ## How to fix it
    Leave the head out of what is frozen; print `[name for name, p in model.named_parameters() if p.requires_grad]` to see.

    ## How it is confirmed
    Train the last layer as well: the loss falls further.
    """

    code: ClassVar[str] = "UPD313"
    name: ClassVar[str] = "random-head-frozen"
    family: ClassVar[Family] = Family.UPDATE
    severity: ClassVar[Severity] = Severity.WARNING
    bad: ClassVar[str] = """
import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(600, 6)
y = (x @ torch.randn(6, 4)).argmax(1)
model = nn.Sequential(nn.Linear(6, 32), nn.BatchNorm1d(32), nn.ReLU(), nn.Linear(32, 4))
for name, parameter in model.named_parameters():
    parameter.requires_grad = name.startswith(("0", "1"))
optimizer = torch.optim.Adam([p for p in model.parameters() if p.requires_grad], lr=1e-2)
for epoch in range(8):
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
x = torch.randn(600, 6)
y = (x @ torch.randn(6, 4)).argmax(1)
model = nn.Sequential(nn.Linear(6, 32), nn.BatchNorm1d(32), nn.ReLU(), nn.Linear(32, 4))


def train(labels):
    optimizer = torch.optim.Adam([p for p in model.parameters() if p.requires_grad], lr=1e-2)
    for epoch in range(8):
        for rows in torch.randperm(480).split(32):
            loss = nn.functional.cross_entropy(model(x[rows]), labels[rows])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()


train(y)
for name, parameter in model.named_parameters():
    parameter.requires_grad = not name.startswith("3")  # the head stays as it was trained
train(y)
model.eval()
with torch.no_grad():
    print((model(x[480:]).argmax(1) == y[480:]).float().mean().item())
"""

    def detect(self, record: Record) -> Iterator[Finding]:
        """Yield one finding for each layer."""
        for head in record.need("heads"):
            if head.frozen and not head.known:
                yield self.finding(
                    f"the last layer `{head.name}` is frozen at its random initial weights, while layers before it are trained",
                    Measurement(name="parameters of the last layer that want a gradient", value=0),
                    where=head.where,
                    fix="leave the new layer out of what is frozen, and give its parameters to the optimizer",
                    confidence=0.85,
                )
