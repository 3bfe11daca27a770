"""LOS313 missing-log-in-cross-entropy."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from bringup.checks.check import Check
from bringup.checks.loss_reading import at, graphs
from bringup.findings import Family, Finding, Measurement, Severity
from bringup.record import Record

WAYS = {"gather": "gathered by class", "index": "indexed by class", "product": "multiplied by one-hot targets"}


@dataclass(frozen=True, kw_only=True)
class MissingLogInCrossEntropy(Check):
    """A cross entropy written by hand takes no logarithm.

    ## What it detects
    A loss that picks the probability of the right class and averages it, without a logarithm between.

    ## Why it is bad
    The gradient of a probability vanishes where the model is wrong and sure of it: those examples are not learned.

    ## How it is detected
    In the graph of the loss there are only sums, means, signs and scalings above the place where a softmax is gathered by
    class, indexed by class, or multiplied by one-hot targets. A loss that starts from 1 minus that probability is left out:
    it is a measure of its own.

    ## How to fix it
    Take the log-softmax instead of the softmax, or use `cross_entropy` on the raw scores.

    ## How it is confirmed
    Train one batch with the logarithm: the loss starts near ln C for C classes, and falls to 0.
    """

    code: ClassVar[str] = "LOS313"
    name: ClassVar[str] = "missing-log-in-cross-entropy"
    family: ClassVar[Family] = Family.LOSS_INPUT
    severity: ClassVar[Severity] = Severity.ERROR
    confirm_with: ClassVar[str | None] = "raw-logits"
    bad: ClassVar[str] = """
import torch
from torch import nn
torch.manual_seed(0)
x = torch.randn(600, 6)
y = (x @ torch.randn(6, 4)).argmax(1)
model = nn.Sequential(nn.Linear(6, 32), nn.ReLU(), nn.Linear(32, 4))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
def cross_entropy(scores, targets):
    probabilities = torch.softmax(scores, dim=1)
    return -(nn.functional.one_hot(targets, 4) * probabilities).sum(dim=1).mean()
for epoch in range(8):
    for rows in torch.randperm(480).split(32):
        loss = cross_entropy(model(x[rows]), y[rows])
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
model = nn.Sequential(nn.Linear(6, 32), nn.ReLU(), nn.Linear(32, 4))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
def cross_entropy(scores, targets):
    return -(nn.functional.one_hot(targets, 4) * torch.log_softmax(scores, dim=1)).sum(dim=1).mean()
for epoch in range(8):
    for rows in torch.randperm(480).split(32):
        loss = cross_entropy(model(x[rows]), y[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
model.eval()
with torch.no_grad():
    print((model(x[480:]).argmax(1) == y[480:]).float().mean().item())
"""

    def detect(self, record: Record) -> Iterator[Finding]:
        """Yield one finding for each loss."""
        for graph in graphs(record):
            for pick in graph.picks:
                if pick.picked.kind != "softmax":
                    continue
                yield self.finding(
                    f"the probabilities{at(pick.picked.where)} are {WAYS[pick.by]} and averaged, without a logarithm",
                    Measurement(name="logarithms between the probability and the loss", value=0, limit=1),
                    where=pick.where or pick.picked.where or graph.loss,
                    fix="take the log-softmax instead of the softmax, or use cross_entropy on the raw scores",
                    confidence=0.9,
                )
