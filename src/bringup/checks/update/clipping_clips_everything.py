"""UPD309 clipping-clips-everything."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from bringup.checks.check import Check
from bringup.checks.reading import number, percent
from bringup.checks.updating import losses_of
from bringup.findings import Family, Finding, Measurement, Severity
from bringup.record import ClipFacts, Record

FREE = ("Adam", "AdamW", "NAdam", "RAdam", "Adamax", "Adagrad", "Adadelta", "RMSprop", "Rprop", "Lion")


@dataclass(frozen=True, kw_only=True)
class ClippingClipsEverything(Check):
    """Every gradient is clipped to a small part of its size.

    ## What it detects
    A limit on the norm of gradients that is far below what they have, so that each step is cut down to a small part.

    ## Why it is bad
    Clipping is to tame rare outliers. A limit that cuts every gradient is a hidden learning rate, many times smaller than
    the one that is written down.

    ## How it is detected
    {share} of the norms, over {calls} calls and more, are above the limit, and the middle one is {times} times the limit or
    more. It is a warning where the optimizer follows the size of gradients and the loss fell by less than {fall}; elsewhere
    a note.

    ## How to fix it
    Set the limit near the largest norms of a healthy training, and the learning rate by itself.

    ## How it is confirmed
    Train without clipping.
    """

    code: ClassVar[str] = "UPD309"
    name: ClassVar[str] = "clipping-clips-everything"
    family: ClassVar[Family] = Family.UPDATE
    severity: ClassVar[Severity] = Severity.WARNING
    bad: ClassVar[str] = """
import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(768, 8)
y = (x[:, 0] + x[:, 1] > 0).long()
model = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 2))
optimizer = torch.optim.SGD(model.parameters(), lr=0.5)
for epoch in range(15):
    for batch in torch.randperm(512).split(64):
        loss = nn.functional.cross_entropy(model(x[batch]), y[batch])
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 0.001)
        optimizer.step()
"""
    good: ClassVar[str] = """
import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(768, 8)
y = (x[:, 0] + x[:, 1] > 0).long()
model = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 2))
optimizer = torch.optim.SGD(model.parameters(), lr=0.5)
for epoch in range(15):
    for batch in torch.randperm(512).split(64):
        loss = nn.functional.cross_entropy(model(x[batch]), y[batch])
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 0.2)
        optimizer.step()
"""

    share: float = 0.95  # of the calls
    times: float = 50.0  # the limit
    calls: int = 20
    fall: float = 0.1  # of the first loss

    def detect(self, record: Record) -> Iterator[Finding]:
        """Yield a finding for each place."""
        clips: tuple[ClipFacts, ...] = record.need("clips")
        first, last = losses_of(record, steps=self.calls)
        free = any(optimizer.kind in FREE for optimizer in record.optimizers or ())
        for clip in clips:
            if clip.looked < self.calls or clip.clipped < self.share * clip.looked or not clip.norm >= self.times * clip.limit:
                continue
            stuck = not free and first - last < self.fall * abs(first)
            yield self.finding(
                f"{percent(clip.clipped / clip.looked)} of the gradients are clipped, the middle one from "
                f"{number(clip.norm)} to {number(clip.limit)}",
                Measurement(name="share of gradients that are clipped", value=clip.clipped / clip.looked, limit=self.share),
                Measurement(name="median norm before clipping", value=clip.norm, limit=self.times * clip.limit),
                Measurement(name="largest norm that passes", value=clip.limit),
                fix="set the limit near the largest norms of a healthy training",
                where=clip.where,
                severity=Severity.WARNING if stuck else Severity.NOTE,
            )
