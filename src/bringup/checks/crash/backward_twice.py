"""CRS305 backward-twice."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from bringup.checks.check import Check
from bringup.checks.crash.kinds import Kind, failed_by
from bringup.findings import Family, Finding, Measurement, Severity
from bringup.record import Record


@dataclass(frozen=True, kw_only=True)
class BackwardTwice(Check):
    """A backward pass runs into a graph that an earlier one has used up.

    ## What it detects
    A second backward pass through the same operations: a state that is handed from step to step, losses that are added
    up over steps, two losses that share a part, or the same loss twice.

    ## Why it is bad
    The program ends here; nothing was learned. `retain_graph=True` makes the exception go away and the fault stay: each
    step then goes back to the beginning, ever slower.

    ## How it is detected
    The calls of models that the graph of the loss reaches are compared with the step: calls of earlier steps are the
    part that is used up.

    ## How to fix it
    Detach what is handed on from step to step (`state = state.detach()`), begin each step with a new sum, add up losses
    that share a part and differentiate once.

    ## How it is confirmed
    Probe `detached-state`: the script is run again with what an earlier step made detached: it goes on past the
    exception.
    """

    code: ClassVar[str] = "CRS305"
    name: ClassVar[str] = "backward-twice"
    family: ClassVar[Family] = Family.CRASH
    severity: ClassVar[Severity] = Severity.ERROR
    confirm_with: ClassVar[str | None] = "detached-state"
    bad: ClassVar[str] = """
import torch
from torch import nn

torch.manual_seed(0)
series = torch.sin(torch.arange(0, 200, 0.2)).reshape(1, -1, 1) + 0.05 * torch.randn(1, 1000, 1)
model = nn.GRU(1, 16, batch_first=True)
head = nn.Linear(16, 1)
optimizer = torch.optim.Adam([*model.parameters(), *head.parameters()], lr=1e-2)
for epoch in range(3):
    state = None
    for start in range(0, 760, 40):
        part, following = series[:, start : start + 40], series[:, start + 1 : start + 41]
        output, state = model(part, state)
        loss = nn.functional.mse_loss(head(output), following)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
with torch.no_grad():
    output, _ = model(series[:, 800:-1])
    print(f"test mse {nn.functional.mse_loss(head(output), series[:, 801:]):.4f}")
"""
    good: ClassVar[str] = """
import torch
from torch import nn

torch.manual_seed(0)
series = torch.sin(torch.arange(0, 200, 0.2)).reshape(1, -1, 1) + 0.05 * torch.randn(1, 1000, 1)
model = nn.GRU(1, 16, batch_first=True)
head = nn.Linear(16, 1)
optimizer = torch.optim.Adam([*model.parameters(), *head.parameters()], lr=1e-2)
for epoch in range(3):
    state = None
    for start in range(0, 760, 40):
        part, following = series[:, start : start + 40], series[:, start + 1 : start + 41]
        output, state = model(part, state)
        loss = nn.functional.mse_loss(head(output), following)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        state = state.detach()
with torch.no_grad():
    output, _ = model(series[:, 800:-1])
    print(f"test mse {nn.functional.mse_loss(head(output), series[:, 801:]):.4f}")
"""

    def detect(self, record: Record) -> Iterator[Finding]:
        """Yield at most one finding."""
        failed = failed_by(record, Kind.TWICE)
        if failed is None:
            return
        related, places = failed.related, failed.places
        step = related.get("step")
        if "handed on" in related:
            first, where = related["handed on"], places.get("handed on")
            what, fix = "what an earlier call gave goes into a later one", "detach what is handed on: `state = state.detach()`"
        elif "added up" in related:
            first, where = related["added up"], places.get("loss")
            what, fix = "losses of several steps are added up", "differentiate each step's own loss; add up `loss.item()`"
        elif related.get("same_loss"):
            first, where = step, failed.where
            what, fix = "the same loss is differentiated twice", "call `backward()` once for each loss"
        else:
            first, where = step, failed.where
            what, fix = "two losses share a part of the graph", "add the losses and differentiate the sum once"
        yield self.finding(
            f"{what}: the backward pass of step {step} reaches what step {first} has used up",
            Measurement(name="step of the graph's oldest part", value=first, limit=step, step=step),
            Measurement(name="step", value=step),
            fix=fix,
            where=where or failed.where,
        )
