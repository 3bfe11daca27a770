"""CRS310 uneven-batch-cannot-be-stacked."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from bringup.checks.check import Check
from bringup.checks.crash.kinds import Kind, failed_by
from bringup.findings import Family, Finding, Measurement, Severity
from bringup.record import Record


@dataclass(frozen=True, kw_only=True)
class UnevenBatchCannotBeStacked(Check):
    """Examples of different sizes are to be put into one batch.

    ## What it detects
    A data loader that cannot build a batch: examples of different shapes, an example that is None, or one of a type
    that no tensor can be made of.

    ## Why it is bad
    The program ends here; nothing was learned.

    ## How it is detected
    The frames of the exception hold the examples that were to be stacked; their shapes and types are compared.

    ## How to fix it
    Bring examples to one size in the dataset (crop, resize, pad), or pad in a `collate_fn` of your own
    (`torch.nn.utils.rnn.pad_sequence`). Leave out examples that cannot be read before the loader sees them.

    ## How it is confirmed
    Run the program again after the change: the exception is gone, or another one tells what comes next.
    """

    code: ClassVar[str] = "CRS310"
    name: ClassVar[str] = "uneven-batch-cannot-be-stacked"
    family: ClassVar[Family] = Family.CRASH
    severity: ClassVar[Severity] = Severity.ERROR
    bad: ClassVar[str] = """
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset


class Signals(Dataset):
    def __init__(self, size):
        self.signals = [torch.randn(20 + 4 * (k % 3), 4) + 0.5 * (k % 2) for k in range(size)]

    def __len__(self):
        return len(self.signals)

    def __getitem__(self, k):
        return self.signals[k], k % 2


torch.manual_seed(0)
train, test = DataLoader(Signals(512), batch_size=32, shuffle=True), DataLoader(Signals(128), batch_size=128)
model = nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 2))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for epoch in range(6):
    for signal, label in train:
        loss = nn.functional.cross_entropy(model(signal.mean(1) if signal.dim() == 3 else signal), label)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
with torch.no_grad():
    signal, label = next(iter(test))
    print(f"accuracy {(model(signal).argmax(1) == label).float().mean():.3f}")
"""
    good: ClassVar[str] = """
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset


class Signals(Dataset):
    def __init__(self, size):
        self.signals = [torch.randn(20 + 4 * (k % 3), 4) + 0.5 * (k % 2) for k in range(size)]

    def __len__(self):
        return len(self.signals)

    def __getitem__(self, k):
        return self.signals[k].mean(0), k % 2


torch.manual_seed(0)
train, test = DataLoader(Signals(512), batch_size=32, shuffle=True), DataLoader(Signals(128), batch_size=128)
model = nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 2))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for epoch in range(6):
    for signal, label in train:
        loss = nn.functional.cross_entropy(model(signal.mean(1) if signal.dim() == 3 else signal), label)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
with torch.no_grad():
    signal, label = next(iter(test))
    print(f"accuracy {(model(signal).argmax(1) == label).float().mean():.3f}")
"""

    def detect(self, record: Record) -> Iterator[Finding]:
        """Yield at most one finding."""
        failed = failed_by(record, Kind.COLLATE)
        if failed is None:
            return
        shapes = sorted({str(list(item.shape)) for item in failed.items if item.shape})
        kinds = sorted({item.dtype for item in failed.items})
        empty = "NoneType" in failed.message or "NoneType" in kinds
        yield self.finding(
            f"{failed.message.strip().splitlines()[-1]}" + (f" (shapes {', '.join(shapes[:4])})" if len(shapes) > 1 else ""),
            Measurement(name="different shapes in the batch", value=len(shapes), limit=1),
            Measurement(name="different types in the batch", value=len(kinds), limit=1),
            fix="leave out the examples that are None"
            if empty
            else "pad or crop the examples to one size, or give a `collate_fn`",
            where=failed.places.get("loader", failed.where),
        )
