"""BAT301 batch-norm-of-few-rows."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from bringup.checks.check import Check
from bringup.checks.reading import listed
from bringup.findings import Family, Finding, Measurement, Severity
from bringup.record import NormFacts, Record


@dataclass(frozen=True, kw_only=True)
class BatchNormOfFewRows(Check):
    """Batch norm takes its statistics of two or three values.

    ## What it detects
    A batch norm in a training with batches so small that each channel has two or three values.

    ## Why it is bad
    Of two values, normalising leaves +1 and -1: which is larger, and nothing of how much. What an example becomes depends
    on the one beside it, and in eval mode the network is another one.

    ## How it is detected
    Rows times positions for each channel, as batch norm gets them in train mode: the median is at most {values}.

    ## How to fix it
    Use batches of 16 and more; where memory is short, use group norm or layer norm.

    ## How it is confirmed
    Train with larger batches.
    """

    code: ClassVar[str] = "BAT301"
    name: ClassVar[str] = "batch-norm-of-few-rows"
    family: ClassVar[Family] = Family.BATCH_SIZE
    severity: ClassVar[Severity] = Severity.ERROR
    bad: ClassVar[str] = """
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
x = torch.randn(256, 8)
y = (x[:, 0] + x[:, 1] > 0).long()
loader = DataLoader(TensorDataset(x[:192], y[:192]), batch_size=2, shuffle=True)
model = nn.Sequential(nn.Linear(8, 32), nn.BatchNorm1d(32), nn.ReLU(), nn.Linear(32, 2))
optimizer = torch.optim.Adam(model.parameters(), lr=0.003)
for epoch in range(3):
    model.train()
    for inputs, targets in loader:
        loss = nn.functional.cross_entropy(model(inputs), targets)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
model.eval()
with torch.no_grad():
    print((model(x[192:]).argmax(1) == y[192:]).float().mean())
"""
    good: ClassVar[str] = """
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
x = torch.randn(256, 1, 8)
y = (x[:, 0, 0] + x[:, 0, 1] > 0).long()
loader = DataLoader(TensorDataset(x[:192], y[:192]), batch_size=4, shuffle=True)
model = nn.Sequential(nn.Conv1d(1, 16, 3), nn.BatchNorm1d(16), nn.ReLU(), nn.Flatten(), nn.Linear(96, 2))
optimizer = torch.optim.Adam(model.parameters(), lr=0.003)
for epoch in range(4):
    model.train()
    for inputs, targets in loader:
        loss = nn.functional.cross_entropy(model(inputs), targets)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
model.eval()
with torch.no_grad():
    print((model(x[192:]).argmax(1) == y[192:]).float().mean())
"""

    values: int = 3

    def detect(self, record: Record) -> Iterator[Finding]:
        """Yield at most one finding."""
        norms: tuple[NormFacts, ...] = record.need("norms")
        few = [norm for norm in norms if norm.trained and norm.values is not None and norm.values <= self.values]
        if not few:
            return
        yield self.finding(
            f"the batch norm {listed([norm.name for norm in few])} has {few[0].values} values for each channel",
            Measurement(name="values for each channel", value=few[0].values, limit=self.values),
            Measurement(name="layers", value=len(few)),
            fix="use batches of 16 and more, or group norm",
            where=few[0].batch_where or few[0].where,
        )
