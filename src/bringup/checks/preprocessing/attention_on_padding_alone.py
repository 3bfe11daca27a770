"""PRE311 attention-on-padding-alone."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from bringup.checks.check import Check
from bringup.checks.reading import percent
from bringup.findings import Family, Finding, Fix, Measurement, Severity
from bringup.record import AttentionFacts, Record


@dataclass(frozen=True, kw_only=True)
class AttentionOnPaddingAlone(Check):
    """A mask hides the sequence and leaves the padding.

    ## What it detects
    An attention mask that is the wrong way round: of sequences that are filled up at their ends, {share:.0%} or more of the
    attention goes to what fills them.

    ## Why it is bad
    The model reads nothing of its input but how long it is. Libraries do not agree on what True means in a mask: hidden in
    `key_padding_mask`, shown in `scaled_dot_product_attention`.

    ## How it is detected
    In the first steps, the weights that come out of a softmax, or the mask that goes into an attention of torch, are held
    against where one value fills the ends of the inputs of the model. Without any mask, some of the attention goes there; all
    of it goes there by a mask alone.

    ## How to fix it
    Turn the mask round, or make it from `tokens == padding` where it says what is hidden.

    ## How it is confirmed
    The attention is the proof.
    """

    code: ClassVar[str] = "PRE311"
    name: ClassVar[str] = "attention-on-padding-alone"
    family: ClassVar[Family] = Family.PREPROCESSING
    severity: ClassVar[Severity] = Severity.ERROR
    bad: ClassVar[str] = """
import torch
from torch import nn

torch.manual_seed(0)
lengths = torch.randint(3, 10, (400,))
tokens = torch.randint(1, 12, (400, 10)) * (torch.arange(10) < lengths[:, None])
y = (tokens == 3).any(1).long()


class Reader(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(12, 24)
        self.query = nn.Parameter(0.1 * torch.randn(24))
        self.head = nn.Linear(24, 2)

    def forward(self, tokens):
        x = self.embedding(tokens)
        scores = (x @ self.query).masked_fill(tokens != 0, -1e9)
        weights = torch.softmax(scores, dim=1)
        return self.head((weights.unsqueeze(2) * x).sum(1))


model = Reader()
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
for epoch in range(8):
    for rows in torch.randperm(400).split(40):
        loss = nn.functional.cross_entropy(model(tokens[rows]), y[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
"""
    good: ClassVar[str] = """
import torch
from torch import nn

torch.manual_seed(0)
lengths = torch.randint(3, 10, (400,))
tokens = torch.randint(1, 12, (400, 10)) * (torch.arange(10) < lengths[:, None])
y = (tokens == 3).any(1).long()


class Reader(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(12, 24)
        self.query = nn.Parameter(0.1 * torch.randn(24))
        self.head = nn.Linear(24, 2)

    def forward(self, tokens):
        x = self.embedding(tokens)
        scores = (x @ self.query).masked_fill(tokens == 0, -1e9)
        weights = torch.softmax(scores, dim=1)
        return self.head((weights.unsqueeze(2) * x).sum(1))


model = Reader()
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
for epoch in range(8):
    for rows in torch.randperm(400).split(40):
        loss = nn.functional.cross_entropy(model(tokens[rows]), y[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
"""

    share: float = 0.95
    looks: int = 2

    def detect(self, record: Record) -> Iterator[Finding]:
        """Yield one finding a line."""
        attentions: tuple[AttentionFacts, ...] = record.need("attentions")
        for facts in attentions:
            if facts.on_filled < self.share or facts.looks < self.looks:
                continue
            yield self.finding(
                f"{percent(facts.on_filled)} of the attention of sequences that are filled up goes to what fills them: the "
                "mask is the wrong way round",
                Measurement(name="attention on what fills the sequences", value=facts.on_filled, limit=self.share),
                fix=Fix(title="turn the mask round", applicability="unsafe"),
                where=facts.where,
            )
