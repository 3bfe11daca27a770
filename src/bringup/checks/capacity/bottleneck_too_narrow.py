"""CAP301 bottleneck-too-narrow."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from bringup.checks.check import Check
from bringup.checks.reading import percent
from bringup.findings import Family, Finding, Measurement, Severity
from bringup.record import BottleneckFacts, Record


@dataclass(frozen=True, kw_only=True)
class BottleneckTooNarrow(Check):
    """A model is to give back its input through too few numbers.

    ## What it detects
    An autoencoder whose narrowest layer gives on so few numbers that the best linear reconstruction through as many
    leaves {left:.0%} or more of the variance, that itself leaves {model:.0%} or more, and for which eight times as many
    numbers would leave less than {wider:.0%} of that. Two or three numbers are a note: they are often meant to be drawn.

    ## Why it is bad
    What does not fit through the bottleneck is lost, however long the training goes on.

    ## How it is detected
    Principal components of the inputs give the best linear reconstruction through any number of values. The widths of the
    layers, and what the model gives back in the end, are compared with it.

    ## How to fix it
    Widen the bottleneck until the components that fit through it hold most of the variance.

    ## How it is confirmed
    Probe `wider-twin`: the script is run again with a wider layer where the model is narrowest.
    """

    code: ClassVar[str] = "CAP301"
    name: ClassVar[str] = "bottleneck-too-narrow"
    family: ClassVar[Family] = Family.CAPACITY
    severity: ClassVar[Severity] = Severity.WARNING
    confirm_with: ClassVar[str | None] = "wider-twin"
    bad: ClassVar[str] = """
import torch
from torch import nn

torch.manual_seed(0)
CODE = 1
x = torch.randn(600, 8) @ torch.randn(8, 24) / 3 + 0.05 * torch.randn(600, 24)
x_train, x_test = x[:400], x[400:]
encoder = nn.Sequential(nn.Linear(24, 32), nn.ReLU(), nn.Linear(32, CODE))
decoder = nn.Sequential(nn.Linear(CODE, 32), nn.ReLU(), nn.Linear(32, 24))
model = nn.Sequential(encoder, decoder)
optimizer = torch.optim.Adam(model.parameters(), lr=0.005)
for epoch in range(20):
    model.train()
    for rows in torch.randperm(400).split(40):
        loss = nn.functional.mse_loss(model(x_train[rows]), x_train[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
model.eval()
with torch.no_grad():
    print("mse", nn.functional.mse_loss(model(x_test), x_test).item())
"""
    good: ClassVar[str] = """
import torch
from torch import nn

torch.manual_seed(0)
CODE = 8
x = torch.randn(600, 8) @ torch.randn(8, 24) / 3 + 0.05 * torch.randn(600, 24)
x_train, x_test = x[:400], x[400:]
encoder = nn.Sequential(nn.Linear(24, 32), nn.ReLU(), nn.Linear(32, CODE))
decoder = nn.Sequential(nn.Linear(CODE, 32), nn.ReLU(), nn.Linear(32, 24))
model = nn.Sequential(encoder, decoder)
optimizer = torch.optim.Adam(model.parameters(), lr=0.005)
for epoch in range(30):
    model.train()
    for rows in torch.randperm(400).split(40):
        loss = nn.functional.mse_loss(model(x_train[rows]), x_train[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
model.eval()
with torch.no_grad():
    print("mse", nn.functional.mse_loss(model(x_test), x_test).item())
"""

    left: float = 0.5  # of the variance
    model: float = 0.4
    wider: float = 0.6  # of what the narrow one leaves
    drawn: int = 3  # numbers, and not 1, that people draw

    def detect(self, record: Record) -> Iterator[Finding]:
        """Yield one finding a model."""
        for facts in record.need("bottlenecks"):
            if not self.is_too_narrow(facts):
                continue
            drawn = 1 < facts.width <= self.drawn
            yield self.finding(
                f"`{facts.layer}` gives on {facts.width} of {facts.features} numbers: the best linear reconstruction leaves "
                f"{percent(facts.linear_left)} of the variance, the model {percent(facts.model_left)}",
                Measurement(name="width of the narrowest layer", value=facts.width),
                Measurement(name="variance left by the best linear reconstruction", value=facts.linear_left, limit=self.left),
                Measurement(name="variance left by the model", value=facts.model_left, limit=self.model),
                Measurement(name=f"variance left through {facts.wider} numbers", value=facts.wider_left),
                fix=f"widen `{facts.layer}`: {facts.wider} numbers leave {percent(facts.wider_left)}",
                where=facts.where,
                severity=Severity.NOTE if drawn else Severity.WARNING,
                confidence=0.6 if drawn else 0.9,
            )

    def is_too_narrow(self, facts: BottleneckFacts) -> bool:
        """Whether the width, not the training, is what holds the model back."""
        held = facts.linear_left >= self.left and facts.model_left >= self.model
        return held and facts.wider_left <= self.wider * facts.linear_left and facts.model_left <= 1.05
