"""MEM301 graph-kept-over-steps."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from bringup.checks.check import Check
from bringup.findings import Family, Finding, Fix, Measurement, Severity
from bringup.record import KeptFacts, Record


@dataclass(frozen=True, kw_only=True)
class GraphKeptOverSteps(Check):
    """Memory grows: results are kept together with their graphs.

    ## What it detects
    Losses, predictions, or tensors from inside a model, that are added up or put into a list as they are, so that the
    graph of every call behind them stays alive.

    ## Why it is bad
    A graph holds all that a backward pass would need, for every layer. Memory grows step by step until it is used up.

    ## How it is detected
    Calls of a model leave a token at the end of their graph, and some at its beginning, which live as long as these. The
    tokens of earlier steps that are
    still alive become more and more: {least} and more of them in the end, twice as many as in the middle of the training.
    For calls that were differentiated, whose graphs are mostly freed, it is a note unless {share} of all of them are kept.

    ## How to fix it
    Keep numbers instead: `total += loss.item()`, `history.append(loss.item())`, or `.detach()`; evaluate inside
    `torch.no_grad()`.

    ## How it is confirmed
    Probe `graphs-let-go`: the script is run again with values in place of tensors on this line: the graphs are
    gone.
    """

    code: ClassVar[str] = "MEM301"
    name: ClassVar[str] = "graph-kept-over-steps"
    family: ClassVar[Family] = Family.MEMORY
    severity: ClassVar[Severity] = Severity.ERROR
    confirm_with: ClassVar[str | None] = "graphs-let-go"
    bad: ClassVar[str] = """
import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(768, 8)
y = (x[:, 0] + x[:, 1] > 0).long()
model = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 2))
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
history = []
for epoch in range(20):
    for batch in torch.randperm(512).split(64):
        loss = nn.functional.cross_entropy(model(x[batch]), y[batch])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    total = 0
    for batch in torch.arange(512, 768).split(64):
        total = total + nn.functional.cross_entropy(model(x[batch]), y[batch])
    history.append(total / 4)
"""
    good: ClassVar[str] = """
import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(768, 8)
y = (x[:, 0] + x[:, 1] > 0).long()
model = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 2))
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
history = []
for epoch in range(20):
    losses = []
    for batch in torch.randperm(512).split(64):
        loss = nn.functional.cross_entropy(model(x[batch]), y[batch])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss)
    total = 0
    for batch in torch.arange(512, 768).split(64):
        total = total + nn.functional.cross_entropy(model(x[batch]), y[batch])
    history.append(total.item() / 4)
"""

    least: int = 20
    growth: float = 1.6  # times the number in the middle
    looks: int = 5  # in which graphs of earlier steps were alive
    share: float = 0.6  # of all calls

    def detect(self, record: Record) -> Iterator[Finding]:
        """Yield a finding for each place."""
        kept: tuple[KeptFacts, ...] = record.need("kept")
        for entry in kept:
            if not self.grows(entry):
                continue
            last = entry.alive[-1]
            everything = last >= self.share * entry.calls
            yield self.finding(
                f"the graphs of {last} earlier calls are still alive, and become more with each step",
                Measurement(name="graphs of earlier steps alive", value=last, limit=self.least, step=entry.steps[-1]),
                Measurement(name="of them in the middle", value=middle(entry)),
                Measurement(name="calls with gradients on", value=entry.calls),
                fix=Fix(
                    title="keep `loss.item()` instead of the tensor, and evaluate inside `torch.no_grad()`",
                    applicability="unsafe",
                ),
                where=entry.where or entry.call,
                severity=Severity.NOTE if entry.trained and not everything else None,
            )

    def grows(self, entry: KeptFacts) -> bool:
        """Whether ever more graphs are alive."""
        alive = [count for count in entry.alive if count]
        if len(alive) < self.looks or entry.alive[-1] < max(self.least, self.growth * middle(entry)):
            return False
        fallen = sum(after < before for before, after in zip(entry.alive, entry.alive[1:], strict=False))
        return fallen <= len(entry.alive) // 10


def middle(entry: KeptFacts) -> int:
    """How many graphs were alive in the middle of the steps."""
    half = entry.steps[-1] / 2
    return max((count for step, count in zip(entry.steps, entry.alive, strict=True) if step <= half), default=0)
