"""UPD305 optimizer-parameters-without-gradient."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from bringup.checks.check import Check
from bringup.checks.updating import names, neglected, stepping
from bringup.findings import Family, Finding, Measurement, Severity
from bringup.record import Record


@dataclass(frozen=True, kw_only=True)
class OptimizerParametersWithoutGradient(Check):
    """The optimizer holds layers that nothing uses.

    ## What it detects
    Parameters in an optimizer that no backward pass ever reached, although they want a gradient: those of a layer that no
    model has any more, and of layers that the model has and does not call.

    ## Why it is bad
    They stay random. One that was meant to take part does not; and an optimizer that holds nothing else trains nothing.

    ## How it is detected
    After {steps} steps and more, their gradient was never there. It is an error where this holds for all that the optimizer
    has, a note where it holds for a part: a large model may well have a branch that this task does not use.

    ## How to fix it
    Build the optimizer after the model is complete; call the layer in `forward`, or remove it.

    ## How it is confirmed
    The measurement is the proof.
    """

    code: ClassVar[str] = "UPD305"
    name: ClassVar[str] = "optimizer-parameters-without-gradient"
    family: ClassVar[Family] = Family.UPDATE
    severity: ClassVar[Severity] = Severity.ERROR
    bad: ClassVar[str] = """
import torch
from torch import nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Linear(8, 32)
        self.second = nn.Linear(32, 32)
        self.last = nn.Linear(32, 2)

    def forward(self, x):
        return self.last(self.first(x).relu())

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
    def __init__(self):
        super().__init__()
        self.first = nn.Linear(8, 32)
        self.second = nn.Linear(32, 32)
        self.last = nn.Linear(32, 2)

    def forward(self, x, deep):
        x = self.first(x).relu()
        return self.last(self.second(x).relu() if deep else x)

torch.manual_seed(0)
x = torch.randn(512, 8)
y = (x[:, 0] + x[:, 1] > 0).long()
model = Net()
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
for epoch in range(8):
    for number, batch in enumerate(torch.randperm(512).split(64)):
        loss = nn.functional.cross_entropy(model(x[batch], deep=number % 4 == 3), y[batch])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
"""

    steps: int = 10

    def detect(self, record: Record) -> Iterator[Finding]:
        """Yield a finding for each optimizer."""
        for optimizer in stepping(record):
            unused = [entry for entry in optimizer.missing if entry.reason in ("stale", "unused")]
            if not unused or optimizer.steps < self.steps:
                continue
            tensors = sum(entry.tensors for entry in unused)
            everything = tensors >= optimizer.tensors
            if everything and neglected(record):
                continue  # the same fault, seen from the layers that should be there instead
            yield self.finding(
                f"{optimizer.kind} holds {names(unused)}, and no gradient ever reached them",
                Measurement(name="tensors without a gradient", value=tensors),
                Measurement(name="tensors that the optimizer holds", value=optimizer.tensors),
                Measurement(name="steps", value=optimizer.steps, limit=self.steps),
                fix="build the optimizer after the model is complete, and call each layer in `forward` or remove it",
                where=optimizer.where if everything else unused[0].where or optimizer.where,
                severity=Severity.ERROR if everything else Severity.NOTE,
            )
