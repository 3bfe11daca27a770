"""SHP307 sees-what-it-predicts."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from bringup.checks.check import Check
from bringup.checks.reading import percent
from bringup.findings import Family, Finding, Fix, Measurement, Severity
from bringup.record import Record


@dataclass(frozen=True, kw_only=True)
class SeesWhatItPredicts(Check):
    """A model that predicts the next element of a sequence is shown it.

    ## What it detects
    A causal mask that is missing, or off by one diagonal; a convolution that is padded on both sides; a recurrence that runs in
    both directions: whatever lets the answer for the next element depend on that element.

    ## Why it is bad
    The loss falls to nothing by copying. Where the next element is not there yet, in generation, the model knows nothing.

    ## How it is detected
    The targets of the loss are the inputs, one position later. On a copy in eval mode, the elements at one position are
    replaced by others: the answers at the position before change for {seen} of the rows or more.

    ## How to fix it
    Mask everything after the own position: `torch.triu(…, diagonal=1)` of −inf, or `is_causal=True`; pad convolutions on the
    left only; do not predict with a recurrence that reads backwards.

    ## How it is confirmed
    The change of the answers is the proof.
    """

    code: ClassVar[str] = "SHP307"
    name: ClassVar[str] = "sees-what-it-predicts"
    family: ClassVar[Family] = Family.SHAPES
    severity: ClassVar[Severity] = Severity.ERROR
    bad: ClassVar[str] = """
import torch
from torch import nn

torch.manual_seed(0)
words = torch.randint(0, 20, (400, 13))


class Next(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(20, 16)
        self.read = nn.GRU(16, 32, batch_first=True, bidirectional=True)
        self.head = nn.Linear(64, 20)

    def forward(self, tokens):
        return self.head(self.read(self.embedding(tokens))[0])


model = Next()
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
for epoch in range(6):
    for rows in torch.randperm(400).split(50):
        scores = model(words[rows, :-1])
        loss = nn.functional.cross_entropy(scores.reshape(-1, 20), words[rows, 1:].reshape(-1))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
"""
    good: ClassVar[str] = """
import torch
from torch import nn

torch.manual_seed(0)
words = (torch.randint(0, 20, (400, 1)) + 3 * torch.arange(13)) % 20


class Next(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(20, 16)
        self.read = nn.GRU(16, 32, batch_first=True)
        self.head = nn.Linear(32, 20)

    def forward(self, tokens):
        return self.head(self.read(self.embedding(tokens))[0])


model = Next()
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
for epoch in range(6):
    for rows in torch.randperm(400).split(50):
        scores = model(words[rows, :-1])
        loss = nn.functional.cross_entropy(scores.reshape(-1, 20), words[rows, 1:].reshape(-1))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
"""

    seen: float = 0.5  # of the rows

    def detect(self, record: Record) -> Iterator[Finding]:
        """Yield one finding a model."""
        for facts in record.need("ahead"):
            if facts.seen < self.seen:
                continue
            yield self.finding(
                f"{facts.model} is to predict the next element of each sequence, and its answer changes with that element in "
                f"{percent(facts.seen)} of the rows: it is shown what it predicts",
                Measurement(name="rows whose answer changes with the next element", value=facts.seen, limit=self.seen),
                fix=Fix(title="hide everything after the own position: a causal mask begins one diagonal above the main one"),
                where=facts.where or facts.call,
            )
