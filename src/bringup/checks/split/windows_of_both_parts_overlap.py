"""SPL305 windows-of-both-parts-overlap."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from bringup.checks.check import Check
from bringup.checks.places import input_line, source_of, split_line
from bringup.checks.reading import percent
from bringup.findings import Family, Finding, Measurement, Severity
from bringup.record import Record


@dataclass(frozen=True, kw_only=True)
class WindowsOfBothPartsOverlap(Check):
    """Series were cut into windows first, and the windows were parted by chance.

    ## What it detects
    {share:.0%} or more of the evaluated windows share half of their values with a trained window that begins earlier in the
    same series, and half with one that begins later.

    ## Why it is bad
    The model has seen most of what it is judged on, a few steps shifted. The score tells how well it remembers these series,
    not how it does on another one, or on what comes next.

    ## How it is detected
    Pieces of the evaluated windows, as the model gets them, are looked for in the trained windows at every offset. A split in
    the order of time passes, since it has trained windows on one side alone; so do pieces whose values repeat, and places
    where more than {known:.0%} of the rows themselves were trained on, as where the training rows are evaluated.

    ## How to fix it
    Part the series, or the time, first, and cut each part into windows of its own.

    ## How it is confirmed
    The metric on windows of series that were not trained on.
    """

    code: ClassVar[str] = "SPL305"
    name: ClassVar[str] = "windows-of-both-parts-overlap"
    family: ClassVar[Family] = Family.SPLIT
    severity: ClassVar[Severity] = Severity.ERROR
    bad: ClassVar[str] = """
import torch
from torch import nn

torch.manual_seed(0)
wear = torch.rand(40)
series = torch.randn(40, 200).cumsum(1) * (0.5 + wear[:, None])
windows = series.unfold(1, 32, 4).reshape(-1, 32)
y = wear.repeat_interleave(43)
order = torch.randperm(len(windows))
train, test = order[:1300], order[1300:]
model = nn.Sequential(nn.Linear(32, 64), nn.ReLU(), nn.Linear(64, 1))
optimizer = torch.optim.Adam(model.parameters(), lr=0.003)
mean, std = windows[train].mean(), windows[train].std()
windows = (windows - mean) / std
for epoch in range(10):
    model.train()
    for rows in train[torch.randperm(1300)].split(50):
        loss = nn.functional.mse_loss(model(windows[rows]).squeeze(1), y[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
model.eval()
with torch.no_grad():
    print("error", nn.functional.mse_loss(model(windows[test]).squeeze(1), y[test]).item())
"""
    good: ClassVar[str] = """
import torch
from torch import nn

torch.manual_seed(0)
wear = torch.rand(40)
series = torch.randn(40, 200).cumsum(1) * (0.5 + wear[:, None])
train, test = series[:30].unfold(1, 32, 4).reshape(-1, 32), series[30:].unfold(1, 32, 4).reshape(-1, 32)
y_train, y_test = wear[:30].repeat_interleave(43), wear[30:].repeat_interleave(43)
model = nn.Sequential(nn.Linear(32, 64), nn.ReLU(), nn.Linear(64, 1))
optimizer = torch.optim.Adam(model.parameters(), lr=0.003)
mean, std = train.mean(), train.std()
train, test = (train - mean) / std, (test - mean) / std
for epoch in range(10):
    model.train()
    for rows in torch.randperm(len(train)).split(50):
        loss = nn.functional.mse_loss(model(train[rows]).squeeze(1), y_train[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
model.eval()
with torch.no_grad():
    print("error", nn.functional.mse_loss(model(test).squeeze(1), y_test).item())
"""

    share: float = 0.5  # of the evaluated rows
    known: float = 0.02  # of them, were trained on themselves
    rows: int = 20

    def detect(self, record: Record) -> Iterator[Finding]:
        """Yield one finding for each evaluation."""
        for part in record.need("parts"):
            if part.overlapping < self.share or part.found > self.known or part.rows < self.rows:
                continue
            source = source_of(record, part.evaluate)
            yield self.finding(
                f"{percent(part.overlapping)} of {part.rows} evaluated windows share half of their values with windows that "
                "were trained on, both earlier and later ones",
                Measurement(name="share of evaluated windows that overlap", value=part.overlapping, limit=self.share),
                Measurement(name="evaluated windows", value=part.rows, unit="row", limit=self.rows),
                fix="part the series, or the time, first, and cut each part into windows of its own",
                where=split_line(record) or source.selected or source.loader or input_line(record, part.evaluate),
                confidence=0.9,
            )
