"""UPD304 parameters-in-no-optimizer."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from bringup.checks.check import Check
from bringup.checks.updating import names, neglected, stepping
from bringup.findings import Family, Finding, Measurement, Severity, Where
from bringup.record import OptimizerFacts, ParameterFacts, Record


@dataclass(frozen=True, kw_only=True)
class ParametersInNoOptimizer(Check):
    """Layers get a gradient, and no optimizer holds them.

    ## What it detects
    Layers that their model does not know, because they are in a plain list, a dict or a tensor that is no `nn.Parameter`;
    layers that were built after the optimizer; models that were forgotten when the optimizer was made.

    ## Why it is bad
    They keep their first, random values for ever. The rest of the model learns around them, so that the loss falls, only
    not as far.

    ## How it is detected
    The leaves of the graph of each loss that is looked at are compared with what all optimizers together hold. What does
    not want a gradient is frozen on purpose; so is what was loaded, trained before, or is changed by hand. The gradient
    reached them in {passes} passes or more.

    ## How to fix it
    Put layers into `nn.ModuleList` or `nn.ModuleDict`, build the optimizer after the model is complete, and give it all
    parameters. To freeze a layer, set `requires_grad_(False)`.

    ## How it is confirmed
    Probe `all-parameters`: the script is run again with a second optimizer of the same kind for the parameters that
    none holds.
    """

    code: ClassVar[str] = "UPD304"
    name: ClassVar[str] = "parameters-in-no-optimizer"
    family: ClassVar[Family] = Family.UPDATE
    severity: ClassVar[Severity] = Severity.ERROR
    confirm_with: ClassVar[str | None] = "all-parameters"
    bad: ClassVar[str] = """
import torch
from torch import nn

class Net(nn.Module):
    def __init__(self, width=32, depth=3):
        super().__init__()
        self.first = nn.Linear(8, width)
        self.hidden = [nn.Linear(width, width) for _ in range(depth)]
        self.last = nn.Linear(width, 2)

    def forward(self, x):
        x = self.first(x).relu()
        for layer in self.hidden:
            x = layer(x).relu()
        return self.last(x)

torch.manual_seed(0)
x = torch.randn(512, 8)
y = (x[:, 0] + x[:, 1] > 0).long()
model = Net()
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
for epoch in range(8):
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
    def __init__(self, width=32, depth=3):
        super().__init__()
        self.first = nn.Linear(8, width)
        self.hidden = [nn.Linear(width, width) for _ in range(depth)]
        self.last = nn.Linear(width, 2)

    def forward(self, x):
        x = self.first(x).relu()
        for layer in self.hidden:
            x = layer(x).relu()
        return self.last(x)

torch.manual_seed(0)
x = torch.randn(512, 8)
y = (x[:, 0] + x[:, 1] > 0).long()
model = Net()
hidden = [p for layer in model.hidden for p in layer.parameters()]
optimizer = torch.optim.Adam([{"params": model.parameters()}, {"params": hidden, "lr": 0.005}], lr=0.01)
for epoch in range(8):
    for batch in torch.randperm(512).split(64):
        loss = nn.functional.cross_entropy(model(x[batch]), y[batch])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
"""

    passes: int = 3

    def detect(self, record: Record) -> Iterator[Finding]:
        """Yield at most one finding for each way in which layers get lost."""
        holders = stepping(record)
        found = [entry for entry in neglected(record) if entry.passes >= self.passes]
        hidden = [entry for entry in found if entry.hidden]
        late = [entry for entry in found if entry.after_optimizer and not entry.hidden]
        rest = [entry for entry in found if not entry.hidden and not entry.after_optimizer]
        if hidden:
            yield self.judged(hidden, "the model does not know them", hidden[0].where or holders[-1].where, 1.0)
        if late:
            built = "they were built after it" if len(holders) == 1 else "they were built after all of them"
            yield self.judged(late, built, late[0].where or holders[-1].where, 0.95)
        if rest:
            yield self.judged(rest, "it was not given them", place(holders), 0.8, Severity.WARNING)

    def judged(
        self,
        entries: list[ParameterFacts],
        why: str,
        where: Where | None,
        confidence: float,
        severity: Severity | None = None,
    ) -> Finding:
        """One finding."""
        return self.finding(
            f"no optimizer holds {names(entries)}, though a gradient reaches them: {why}",
            Measurement(name="layers without an optimizer", value=len(entries)),
            Measurement(name="tensors in them", value=sum(entry.tensors for entry in entries)),
            Measurement(
                name="backward passes that reached them", value=max(entry.passes for entry in entries), limit=self.passes
            ),
            fix="put the layers into `nn.ModuleList`"
            if entries[0].hidden
            else "build the optimizer last, from the parameters of all that is to be trained",
            where=where,
            confidence=confidence,
            severity=severity,
        )


def place(holders: tuple[OptimizerFacts, ...]) -> Where | None:
    """The line of the optimizer that steps most."""
    return max(holders, key=lambda entry: entry.steps).where
