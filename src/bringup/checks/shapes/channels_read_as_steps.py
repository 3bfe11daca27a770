"""SHP308 channels-read-as-steps."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from bringup.checks.check import Check
from bringup.checks.loss_reading import sizes
from bringup.checks.places import input_line
from bringup.findings import Family, Finding, Fix, Measurement, Severity
from bringup.record import Record


@dataclass(frozen=True, kw_only=True)
class ChannelsReadAsSteps(Check):
    """The rows were reshaped, where their axes should have been moved, before they came to the model.

    ## What it detects
    Sequences of several channels that were turned from [channels, steps] to [steps, channels] by `reshape`, in NumPy or
    wherever the data were prepared.

    ## Why it is bad
    What the model takes for one step with all its channels is a piece of one channel. The shapes fit, and no error is raised.

    ## How it is detected
    Read from left to right, step or not, the values of a row follow each other smoothly, and jump at the places where a channel
    would end if each was laid out as a whole. Those jumps are larger than any other at the same place of a step.

    ## How to fix it
    Use `transpose(0, 2, 1)`, or `permute`, to move axes; `reshape` only splits and joins neighbours.

    ## How it is confirmed
    The jumps are the proof: in rows that are laid out as they are read, those places are like any others.
    """

    code: ClassVar[str] = "SHP308"
    name: ClassVar[str] = "channels-read-as-steps"
    family: ClassVar[Family] = Family.SHAPES
    severity: ClassVar[Severity] = Severity.ERROR
    bad: ClassVar[str] = """
import numpy as np
import torch
from torch import nn

torch.manual_seed(0)
rng = np.random.default_rng(0)
waves = rng.normal(size=(400, 3, 30)).cumsum(axis=2)
waves = (waves - waves.mean()) / waves.std()
y = torch.tensor((waves[:, 0, -1] > waves[:, 1, -1]).astype("int64"))
x = torch.tensor(waves.reshape(-1, 30, 3), dtype=torch.float32)


class Reader(nn.Module):
    def __init__(self):
        super().__init__()
        self.read = nn.GRU(3, 16, batch_first=True)
        self.head = nn.Linear(16, 2)

    def forward(self, x):
        return self.head(self.read(x)[0][:, -1])


model = Reader()
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
for epoch in range(8):
    for rows in torch.randperm(320).split(40):
        loss = nn.functional.cross_entropy(model(x[rows]), y[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
model.eval()
with torch.no_grad():
    print("accuracy", (model(x[320:]).argmax(1) == y[320:]).float().mean().item())
"""
    good: ClassVar[str] = """
import numpy as np
import torch
from torch import nn

torch.manual_seed(0)
rng = np.random.default_rng(0)
waves = rng.normal(size=(400, 3, 30)).cumsum(axis=2)
waves = (waves - waves.mean()) / waves.std()
y = torch.tensor((waves[:, 0, -1] > waves[:, 1, -1]).astype("int64"))
x = torch.tensor(waves.transpose(0, 2, 1), dtype=torch.float32)


class Reader(nn.Module):
    def __init__(self):
        super().__init__()
        self.read = nn.GRU(3, 16, batch_first=True)
        self.head = nn.Linear(16, 2)

    def forward(self, x):
        return self.head(self.read(x)[0][:, -1])


model = Reader()
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
for epoch in range(8):
    for rows in torch.randperm(320).split(40):
        loss = nn.functional.cross_entropy(model(x[rows]), y[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
model.eval()
with torch.no_grad():
    print("accuracy", (model(x[320:]).argmax(1) == y[320:]).float().mean().item())
"""

    def detect(self, record: Record) -> Iterator[Finding]:
        """Yield one finding a model."""
        for facts in record.need("input_rows"):
            if facts.laid_out is None:
                continue
            yield self.finding(
                f"rows of shape {sizes(facts.shape)} are {facts.laid_out} channels one after the other: they were reshaped "
                "where axes should have been moved",
                Measurement(name="channels laid out as a whole", value=facts.laid_out),
                Measurement(name="shape of a row", value=sizes(facts.shape)),
                fix=Fix(title="use transpose(0, 2, 1), or permute, in place of reshape", applicability="unsafe"),
                where=input_line(record, facts.site),
                confidence=0.9,
            )
