"""MOD305 batch-norm-statistics-unused."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from bringup.checks.check import Check
from bringup.checks.reading import listed, number
from bringup.findings import Family, Finding, Measurement, Severity
from bringup.record import NormFacts, Record


@dataclass(frozen=True, kw_only=True)
class BatchNormStatisticsUnused(Check):
    """The running statistics of a batch norm say nothing about the data.

    ## What it detects
    A batch norm with a momentum of 0, whose running mean and variance stay at 0 and 1, and one with a momentum near 1,
    which knows the last batch only: in other libraries the number means the opposite.

    ## Why it is bad
    In eval mode the network normalises by these statistics, and is then another one than was trained.

    ## How it is detected
    The norm was trained, then used in eval mode, and its momentum is at most {lowest}, or at least {highest}.

    ## How to fix it
    Leave the momentum at 0.1. A momentum of 0.99 in Keras is 0.01 in torch.

    ## How it is confirmed
    Evaluate in train mode with a large batch: the score differs.
    """

    code: ClassVar[str] = "MOD305"
    name: ClassVar[str] = "batch-norm-statistics-unused"
    family: ClassVar[Family] = Family.TRAIN_MODE
    severity: ClassVar[Severity] = Severity.WARNING
    bad: ClassVar[str] = """
import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(768, 8)
y = (x[:, 0] + x[:, 1] > 0).long()
model = nn.Sequential(nn.Linear(8, 32), nn.BatchNorm1d(32, momentum=0.99), nn.ReLU(), nn.Linear(32, 2))
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
for epoch in range(10):
    model.train()
    for batch in torch.randperm(512).split(64):
        loss = nn.functional.cross_entropy(model(x[batch]), y[batch])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    model.eval()
    with torch.no_grad():
        print((model(x[512:]).argmax(1) == y[512:]).float().mean())
"""
    good: ClassVar[str] = """
import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(768, 8)
y = (x[:, 0] + x[:, 1] > 0).long()
model = nn.Sequential(nn.Linear(8, 32), nn.BatchNorm1d(32, momentum=0.3), nn.ReLU(), nn.Linear(32, 2))
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
for epoch in range(10):
    model.train()
    for batch in torch.randperm(512).split(64):
        loss = nn.functional.cross_entropy(model(x[batch]), y[batch])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    model.eval()
    with torch.no_grad():
        print((model(x[512:]).argmax(1) == y[512:]).float().mean())
"""

    lowest: float = 0.0
    highest: float = 0.95

    def detect(self, record: Record) -> Iterator[Finding]:
        """Yield at most one finding."""
        norms: tuple[NormFacts, ...] = record.need("norms")
        bad = [norm for norm in norms if norm.judged and not self.lowest < norm.momentum < self.highest]
        if not bad:
            return
        low = bad[0].momentum <= self.lowest
        yield self.finding(
            f"the batch norm {listed([norm.name for norm in bad])} has a momentum of {number(bad[0].momentum)}: its running "
            + ("statistics never change" if low else "statistics are those of the last batch"),
            Measurement(name="momentum", value=bad[0].momentum, limit=self.lowest if low else self.highest),
            Measurement(name="layers", value=len(bad)),
            fix="leave the momentum at 0.1; what other libraries call 0.99 is 0.01 here",
            where=bad[0].where,
        )
