"""LOS310 padding-counted-in-loss."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from bringup.checks.check import Check
from bringup.checks.loss_reading import at, trained_losses
from bringup.checks.reading import percent
from bringup.findings import Family, Finding, Measurement, Severity
from bringup.record import PaddingFacts, Record


@dataclass(frozen=True, kw_only=True)
class PaddingCountedInLoss(Check):
    """The loss counts the values that only fill up the ends of sequences.

    ## What it detects
    A loss over classes whose targets are in large part a value that fills up short sequences.

    ## Why it is bad
    The model is rewarded for answering "padding", which is easy and commonest: the loss looks good, and the gradient of what
    matters is drowned.

    ## How it is detected
    A value fills up the ends of the model's input in rows of different lengths, and is found nowhere else; there all
    targets have one value, and they are {share} of all targets or more (a warning from {most} on). The loss neither leaves
    that value out (`ignore_index`) nor weighs it with 0.

    ## How to fix it
    Give the loss `ignore_index`, or leave padded positions out before the mean.

    ## How it is confirmed
    Train with `ignore_index`: the loss on the other positions falls lower.
    """

    code: ClassVar[str] = "LOS310"
    name: ClassVar[str] = "padding-counted-in-loss"
    family: ClassVar[Family] = Family.LOSS_INPUT
    severity: ClassVar[Severity] = Severity.WARNING
    bad: ClassVar[str] = """
import torch
from torch import nn
from torch.nn.utils.rnn import pad_sequence
torch.manual_seed(0)
def make(number):
    rows = [torch.randint(1, 9, (int(length),)) for length in torch.randint(2, 12, (number,))]
    rows += [torch.randint(1, 9, (24,))]
    return pad_sequence(rows, batch_first=True), pad_sequence([(row * 3) % 9 + 1 for row in rows], batch_first=True)
x, y = make(320)
model = nn.Sequential(nn.Embedding(9, 16), nn.Linear(16, 32), nn.ReLU(), nn.Linear(32, 10))
loss_function = nn.CrossEntropyLoss()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for epoch in range(8):
    for rows in torch.randperm(256).split(32):
        loss = loss_function(model(x[rows]).reshape(-1, 10), y[rows].reshape(-1))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
model.eval()
with torch.no_grad():
    print((model(x[256:]).argmax(-1) == y[256:])[y[256:] > 0].float().mean().item())
"""
    good: ClassVar[str] = """
import torch
from torch import nn
from torch.nn.utils.rnn import pad_sequence
torch.manual_seed(0)
def make(number):
    rows = [torch.randint(1, 9, (int(length),)) for length in torch.randint(2, 12, (number,))]
    rows += [torch.randint(1, 9, (24,))]
    return pad_sequence(rows, batch_first=True), pad_sequence([(row * 3) % 9 + 1 for row in rows], batch_first=True)
x, y = make(320)
model = nn.Sequential(nn.Embedding(9, 16), nn.Linear(16, 32), nn.ReLU(), nn.Linear(32, 10))
loss_function = nn.CrossEntropyLoss(ignore_index=0)
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for epoch in range(8):
    for rows in torch.randperm(256).split(32):
        loss = loss_function(model(x[rows]).reshape(-1, 10), y[rows].reshape(-1))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
model.eval()
with torch.no_grad():
    print((model(x[256:]).argmax(-1) == y[256:])[y[256:] > 0].float().mean().item())
"""

    share: float = 0.2  # of the targets
    most: float = 0.5  # of the targets

    def detect(self, record: Record) -> Iterator[Finding]:
        """Yield one finding for each line."""
        for loss in trained_losses(record):
            padding = loss.padding
            if padding is None or padding.weighted or padding.share < self.share:
                continue
            yield self.finding(
                f"{percent(padding.share)} of the targets of `{loss.function}`{at(loss.where)} only fill up the ends of "
                f"sequences: all are {padding.value}{self.too(padding)}, and the loss counts them",
                Measurement(
                    name="share of the targets that are padding", value=padding.share, limit=self.share, step=loss.step
                ),
                Measurement(name="the value", value=padding.value),
                where=loss.where,
                fix=self.fix(padding),
                severity=Severity.WARNING if padding.share >= self.most else Severity.NOTE,
                confidence=0.8,
            )

    def fix(self, padding: PaddingFacts) -> str:
        """What to do."""
        if padding.class_too:
            return "fill up the targets with a value that is no class, such as -100, which the loss leaves out"
        return f"leave them out: ignore_index={padding.value}"

    def too(self, padding: PaddingFacts) -> str:
        """Whether the value is used otherwise, in words."""
        return ", which is a class as well" if padding.class_too else ""
