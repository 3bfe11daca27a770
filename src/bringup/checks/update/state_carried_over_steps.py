"""UPD310 state-carried-over-steps."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from bringup.checks.check import Check
from bringup.findings import Family, Finding, Measurement, Severity
from bringup.record import CarriedFacts, Record


@dataclass(frozen=True, kw_only=True)
class StateCarriedOverSteps(Check):
    """Each backward pass goes back through the steps before.

    ## What it detects
    A hidden state, a running sum of losses, or something that was computed once before the loop, that hangs on the graph of
    earlier steps, with `retain_graph=True` to keep it alive.

    ## Why it is bad
    Each step takes longer and more memory than the one before, and uses gradients at weights that have changed since.

    ## How it is detected
    Each part of the graph that a backward pass goes through is marked. In {passes} passes and more of the same line, parts
    came back that were marked {age} steps and more before.

    ## How to fix it
    Detach what is carried on: `state = state.detach()`; add up `loss.item()`; compute inside the loop what depends on weights.

    ## How it is confirmed
    The measurement is the proof.
    """

    code: ClassVar[str] = "UPD310"
    name: ClassVar[str] = "state-carried-over-steps"
    family: ClassVar[Family] = Family.UPDATE
    severity: ClassVar[Severity] = Severity.ERROR
    bad: ClassVar[str] = """
import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(512, 8)
y = (x[:, 0] + x[:, 1] > 0).long()
model = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 2))
scale = nn.Parameter(torch.zeros(8))
optimizer = torch.optim.Adam([*model.parameters(), scale], lr=0.01)
weights = torch.exp(scale)
for epoch in range(4):
    for batch in torch.randperm(512).split(64):
        loss = nn.functional.cross_entropy(model(x[batch] * weights), y[batch])
        optimizer.zero_grad()
        loss.backward(retain_graph=True)
        optimizer.step()
"""
    good: ClassVar[str] = """
import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(512, 8)
y = (x[:, 0] + x[:, 1] > 0).long()
trunk = nn.Sequential(nn.Linear(8, 32), nn.ReLU())
heads = nn.ModuleList([nn.Linear(32, 2), nn.Linear(32, 2)])
optimizer = torch.optim.Adam([*trunk.parameters(), *heads.parameters()], lr=0.01)
for epoch in range(8):
    for batch in torch.randperm(512).split(64):
        features = trunk(x[batch])
        optimizer.zero_grad()
        for head in heads:
            nn.functional.cross_entropy(head(features), y[batch]).backward(retain_graph=True)
        optimizer.step()
"""

    passes: int = 3
    age: int = 3  # steps

    def detect(self, record: Record) -> Iterator[Finding]:
        """Yield a finding for each line of a backward pass."""
        carried: tuple[CarriedFacts, ...] = record.need("carried")
        for entry in carried:
            if entry.passes < self.passes or entry.age < self.age:
                continue
            yield self.finding(
                f"the backward pass goes through graphs of earlier steps: {entry.age} steps back and more",
                Measurement(name="passes that met an old graph", value=entry.passes, limit=self.passes),
                Measurement(name="age of the graph in steps", value=entry.age, limit=self.age),
                fix="detach what is carried on from step to step, and compute the rest inside the loop",
                where=entry.where or entry.backward,
            )
