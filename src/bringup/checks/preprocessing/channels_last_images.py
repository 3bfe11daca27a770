"""PRE304 channels-last-images."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from bringup.checks.check import Check
from bringup.checks.places import call_of, input_line
from bringup.findings import Family, Finding, Fix, Measurement, Severity
from bringup.record import Record


@dataclass(frozen=True, kw_only=True)
class ChannelsLastImages(Check):
    """A convolution gets images with the channels last.

    ## What it detects
    A two-dimensional convolution whose input is [rows, side, side, channels], with sides of {side} or more and 1 or 3
    channels, so that it takes a side of the image for its channels.

    ## Why it is bad
    torch wants [rows, channels, height, width]. The convolution slides over width and colour and mixes all lines of the
    image at once: it runs, and learns much worse than it could.

    ## How it is detected
    The shape of what goes into the first layer with weights.

    ## How to fix it
    `images.permute(0, 3, 1, 2)`. Not `view` or `reshape`: they mix up the pixels.

    ## How it is confirmed
    Training again with the axes in their order.
    """

    code: ClassVar[str] = "PRE304"
    name: ClassVar[str] = "channels-last-images"
    family: ClassVar[Family] = Family.PREPROCESSING
    severity: ClassVar[Severity] = Severity.ERROR
    bad: ClassVar[str] = """
import torch
from torch import nn

torch.manual_seed(0)
y = torch.randint(2, (400,))
x = 0.5 * torch.randn(400, 12, 12, 3) + torch.randn(2, 12, 12, 3)[y]
x_train, y_train, x_test, y_test = x[:300], y[:300], x[300:], y[300:]
model = nn.Sequential(nn.Conv2d(12, 8, 3, padding=1), nn.ReLU(), nn.Flatten(), nn.Linear(8 * 12 * 3, 2))
optimizer = torch.optim.Adam(model.parameters(), lr=0.003)
for epoch in range(8):
    model.train()
    for rows in torch.randperm(300).split(30):
        loss = nn.functional.cross_entropy(model(x_train[rows]), y_train[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
model.eval()
with torch.no_grad():
    print("accuracy", (model(x_test).argmax(1) == y_test).float().mean().item())
"""
    good: ClassVar[str] = """
import torch
from torch import nn

torch.manual_seed(0)
y = torch.randint(2, (400,))
x = (0.5 * torch.randn(400, 12, 12, 3) + torch.randn(2, 12, 12, 3)[y]).permute(0, 3, 1, 2)
x_train, y_train, x_test, y_test = x[:300], y[:300], x[300:], y[300:]
model = nn.Sequential(nn.Conv2d(3, 8, 3, padding=1), nn.ReLU(), nn.Flatten(), nn.Linear(8 * 12 * 12, 2))
optimizer = torch.optim.Adam(model.parameters(), lr=0.003)
for epoch in range(8):
    model.train()
    for rows in torch.randperm(300).split(30):
        loss = nn.functional.cross_entropy(model(x_train[rows]), y_train[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
model.eval()
with torch.no_grad():
    print("accuracy", (model(x_test).argmax(1) == y_test).float().mean().item())
"""

    side: int = 8

    def detect(self, record: Record) -> Iterator[Finding]:
        """Yield one finding a model."""
        seen: set[int] = set()
        for layer in record.need("first_layers"):
            shape, call = layer.input.shape, call_of(record, layer.site)
            number = call.model_number if call is not None else -1
            if layer.function != "conv2d" or len(shape) != 4 or number in seen:
                continue
            if shape[3] not in (1, 3) or shape[1] != shape[2] or shape[1] < self.side:
                continue
            seen.add(number)
            yield self.finding(
                f"a convolution takes the {shape[1]} lines of an image for channels: its input is {list(shape)}",
                Measurement(name="channels that the convolution takes", value=shape[1]),
                Measurement(name="size of the last axis", value=shape[3], limit=3),
                Measurement(name="side of the image", value=shape[2], limit=self.side),
                fix=Fix(title="put the channels first: `permute(0, 3, 1, 2)`", applicability="unsafe"),
                where=input_line(record, layer.site),
                confidence=0.9,
            )
