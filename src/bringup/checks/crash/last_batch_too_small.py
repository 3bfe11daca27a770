"""CRS309 last-batch-too-small."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from bringup.checks.check import Check
from bringup.checks.crash.kinds import Kind, failed_by
from bringup.findings import Family, Finding, Measurement, Severity
from bringup.record import Record


@dataclass(frozen=True, kw_only=True)
class LastBatchTooSmall(Check):
    """The last batch of a pass is smaller, and the program does not take it.

    ## What it detects
    A batch of one example that batch norm cannot normalise, or a smaller last batch that meets a tensor made for the
    usual size: a hidden state, a `view` with the batch size written into it.

    ## Why it is bad
    The program ends here; nothing was learned. It comes late: all full batches went well, and whether it comes at all
    depends on the number of examples.

    ## How it is detected
    The size of the batch at the exception is compared with that of the batches before; batch norm says itself that it
    was given one value.

    ## How to fix it
    Drop the last batch (`drop_last=True`), or take the size from the batch itself (`x.size(0)`) wherever it is written
    into the program.

    ## How it is confirmed
    Run the program again after the change: the exception is gone, or another one tells what comes next.
    """

    code: ClassVar[str] = "CRS309"
    name: ClassVar[str] = "last-batch-too-small"
    family: ClassVar[Family] = Family.CRASH
    severity: ClassVar[Severity] = Severity.ERROR
    bad: ClassVar[str] = """
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
x = torch.randn(128 + 513, 8)
y = (x[:, 0] + x[:, 1] > 0).long()
loader = DataLoader(TensorDataset(x[:-128], y[:-128]), batch_size=32, shuffle=True)
model = nn.Sequential(nn.Linear(8, 32), nn.BatchNorm1d(32), nn.ReLU(), nn.Linear(32, 2))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for epoch in range(8):
    model.train()
    for rows, labels in loader:
        loss = nn.functional.cross_entropy(model(rows), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
model.eval()
with torch.no_grad():
    accuracy = (model(x[-128:]).argmax(1) == y[-128:]).float().mean()
print(f"accuracy {accuracy:.3f}")
"""
    good: ClassVar[str] = """
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
x = torch.randn(128 + 512, 8)
y = (x[:, 0] + x[:, 1] > 0).long()
loader = DataLoader(TensorDataset(x[:-128], y[:-128]), batch_size=32, shuffle=True)
model = nn.Sequential(nn.Linear(8, 32), nn.BatchNorm1d(32), nn.ReLU(), nn.Linear(32, 2))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for epoch in range(8):
    model.train()
    for rows, labels in loader:
        loss = nn.functional.cross_entropy(model(rows), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
model.eval()
with torch.no_grad():
    accuracy = (model(x[-128:]).argmax(1) == y[-128:]).float().mean()
print(f"accuracy {accuracy:.3f}")
"""

    def detect(self, record: Record) -> Iterator[Finding]:
        """Yield at most one finding."""
        failed = failed_by(record, Kind.BATCH_OF_ONE)
        one = failed is not None
        failed = failed or failed_by(record, Kind.RAGGED)
        if failed is None:
            return
        loader = failed.places.get("loader")
        size = f"batch of {failed.rows} where {failed.usual_rows} are usual" if failed.usual_rows else f"batch of {failed.rows}"
        drop = f" of the loader in line {loader}" if loader else ""
        yield self.finding(
            f"a {size} cannot be taken: {failed.message.splitlines()[0]}",
            Measurement(name="examples in this batch", value=failed.rows, limit=2 if one else failed.usual_rows),
            Measurement(name="examples in most batches before", value=failed.usual_rows),
            fix=f"drop the last batch{drop}: `drop_last=True`" if one else "take the size from the batch: `x.size(0)`",
            where=(loader or failed.where) if one else failed.where,
        )
