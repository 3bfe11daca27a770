"""PRE303 raw-byte-inputs."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import prod
from typing import ClassVar

from bringup.checks.check import Check
from bringup.checks.network import CLASSES
from bringup.checks.places import call_of, input_line
from bringup.checks.reading import number
from bringup.findings import Family, Finding, Fix, Measurement, Severity
from bringup.record import FirstLayerFacts, Record

LAYERS = ("linear", "conv1d", "conv2d", "conv3d")


@dataclass(frozen=True, kw_only=True)
class RawByteInputs(Check):
    """Pixels from 0 to 255 go into the first layer as they are.

    ## What it detects
    Whole numbers from 0 to at most 255, {distinct} different ones or more, in at least {features} inputs of a linear or
    convolutional layer that no normalisation follows. An error where the first loss is {times:g} times that of a guess,
    or simple models do better by {better}; a note where the training copes with it.

    ## Why it is bad
    Layers are initialised for inputs of size 1. Inputs of size 100 make outputs and gradients a hundred times too large:
    the first steps throw the weights far off, units die, and the learning rate that is right elsewhere diverges.

    ## How it is detected
    The first layer with weights, and what goes into it, at the first call.

    ## How to fix it
    Divide by 255, or subtract the mean and divide by the standard deviation of the training rows.

    ## How it is confirmed
    Training again with standardised inputs: the loss falls faster.
    """

    code: ClassVar[str] = "PRE303"
    name: ClassVar[str] = "raw-byte-inputs"
    family: ClassVar[Family] = Family.PREPROCESSING
    severity: ClassVar[Severity] = Severity.ERROR
    confirm_with: ClassVar[str | None] = "standardised-inputs"
    bad: ClassVar[str] = """
import torch
from torch import nn

torch.manual_seed(0)
y = torch.randint(3, (600,))
pixels = (255 * (0.15 * torch.rand(3, 64)[y] + 0.85 * torch.rand(600, 64))).byte()
x = pixels.float()
x_train, y_train, x_test, y_test = x[:400], y[:400], x[400:], y[400:]
model = nn.Sequential(nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 3))
optimizer = torch.optim.Adam(model.parameters(), lr=0.001)
for epoch in range(20):
    model.train()
    for rows in torch.randperm(400).split(40):
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
y = torch.randint(3, (600,))
pixels = (255 * (0.4 * torch.rand(3, 64)[y] + 0.6 * torch.rand(600, 64))).byte()
x_train, y_train, x_test, y_test = pixels[:400], y[:400], pixels[400:], y[400:]


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.norm = nn.BatchNorm1d(64)
        self.layers = nn.Sequential(nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 3))

    def forward(self, x):
        return self.layers(self.norm(x.float()))


model = Net()
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
for epoch in range(15):
    model.train()
    for rows in torch.randperm(400).split(40):
        loss = nn.functional.cross_entropy(model(x_train[rows]), y_train[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
model.eval()
with torch.no_grad():
    print("accuracy", (model(x_test).argmax(1) == y_test).float().mean().item())
"""

    features: int = 16
    distinct: int = 10
    brightest: float = 100.0  # the largest value, or more
    times: float = 2.0
    better: float = 0.05  # of the accuracy

    def detect(self, record: Record) -> Iterator[Finding]:
        """Yield one finding a model."""
        seen: set[int] = set()
        for layer in record.need("first_layers"):
            call = call_of(record, layer.site)
            if call is None or call.use != "train" or call.model_number in seen or not self.is_bytes(layer):
                continue
            seen.add(call.model_number)
            first, guess = first_loss(record)
            worse = self.worse(record, layer.site)
            hurt = (first is not None and guess is not None and first > self.times * guess) or worse > self.better
            yield self.finding(
                f"whole numbers from {number(layer.input.minimum or 0)} to {number(layer.input.maximum or 0)} go into the "
                f"first layer, `{layer.function}`, as they are",
                Measurement(name="largest input", value=layer.input.maximum, limit=self.brightest),
                Measurement(name="first loss", value=first, limit=None if guess is None else self.times * guess, step=0),
                Measurement(name="accuracy of simple models beyond that of the model", value=worse, limit=self.better),
                fix=Fix(title="divide the inputs by 255", applicability="safe"),
                where=input_line(record, layer.site),
                severity=Severity.ERROR if hurt else Severity.NOTE,
                confidence=0.9 if hurt else 0.6,
            )

    def is_bytes(self, layer: FirstLayerFacts) -> bool:
        """Whether 8-bit pixels go into a layer that does not take them well."""
        given = layer.input
        if (
            layer.function not in LAYERS
            or layer.normalised
            or not given.whole
            or given.minimum is None
            or given.maximum is None
        ):
            return False
        wide = prod(given.shape[1:]) >= self.features
        return wide and given.minimum >= 0 and self.brightest < given.maximum <= 255 and (given.distinct or 0) >= self.distinct

    def worse(self, record: Record, site: int) -> float:
        """By how much simple models beat the model."""
        answer = next((answer for answer in record.answers or () if answer.site == site), None)
        if answer is None or answer.model is None or answer.simple is None:
            return 0.0
        return answer.simple - answer.model


def first_loss(record: Record) -> tuple[float | None, float | None]:
    """The first loss of a classification, and that of a guess by the shares of the classes."""
    value = next((loss.value for loss in record.losses or () if loss.training and loss.function in CLASSES), None)
    guess = next((answer.entropy for answer in record.answers or () if answer.entropy is not None), None)
    return value, guess
