"""ARC303 saturated-sigmoid-stack."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from bringup.checks.check import Check
from bringup.checks.network import FADED, SIGMOIDS, Trouble, layers_of, losses, sigmoids, trouble_of
from bringup.checks.reading import number
from bringup.findings import Family, Finding, Measurement, Severity
from bringup.record import Record


@dataclass(frozen=True, kw_only=True)
class SaturatedSigmoidStack(Check):
    """Sigmoids on top of each other let the gradient fade.

    ## What it detects
    {layers} or more layers of sigmoids, or of saturated tanhs, one on top of the other, in a network that does not
    learn.

    ## Why it is bad
    The slope of a sigmoid is at most 0.25: each layer takes three quarters of the gradient away, and the first ones
    learn nothing (Glorot & Bengio 2010).

    ## How it is detected
    The graph of the loss shows the activation functions and the weights below them. The gradient of the first layer,
    relative to its weights, is below {faded} of that of the last one, and the loss has fallen by less than a tenth. The
    gates of recurrent layers do not count.

    ## How to fix it
    Use ReLU or GELU between hidden layers, with He initialisation; put normalisation between the layers; keep a sigmoid
    for the output alone.

    ## How it is confirmed
    Probe `rectified-stack`: the script is run again with ReLU in place of all sigmoids but the last.
    """

    code: ClassVar[str] = "ARC303"
    name: ClassVar[str] = "saturated-sigmoid-stack"
    family: ClassVar[Family] = Family.ARCHITECTURE
    severity: ClassVar[Severity] = Severity.WARNING
    confirm_with: ClassVar[str | None] = "rectified-stack"
    bad: ClassVar[str] = """
import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(896, 8)
y = (x[:, 0] + x[:, 1] > 0).long()
layers = []
for inputs, outputs in [(8, 32), (32, 32), (32, 32), (32, 32), (32, 32)]:
    layers += [nn.Linear(inputs, outputs), nn.Sigmoid()]
model = nn.Sequential(*layers, nn.Linear(32, 2))
optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
for epoch in range(3):
    for start in range(0, 768, 32):
        loss = nn.functional.cross_entropy(model(x[start : start + 32]), y[start : start + 32])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
with torch.no_grad():
    accuracy = (model(x[768:]).argmax(1) == y[768:]).float().mean()
print(f"accuracy {accuracy:.3f}")
"""
    good: ClassVar[str] = """
import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(896, 8)
y = (x[:, 0] + x[:, 1] > 0).long()
layers = []
for inputs, outputs in [(8, 32), (32, 32), (32, 32), (32, 32), (32, 32)]:
    layers += [nn.Linear(inputs, outputs), nn.ReLU()]
model = nn.Sequential(*layers, nn.Linear(32, 2))
optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
for epoch in range(6):
    for start in range(0, 768, 32):
        loss = nn.functional.cross_entropy(model(x[start : start + 32]), y[start : start + 32])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
with torch.no_grad():
    accuracy = (model(x[768:]).argmax(1) == y[768:]).float().mean()
print(f"accuracy {accuracy:.3f}")
"""

    layers: int = SIGMOIDS
    faded: float = FADED  # relative gradient of the first layer to that of the last

    def detect(self, record: Record) -> Iterator[Finding]:
        """Yield at most one finding."""
        record.need("weights")
        if trouble_of(record) is not Trouble.SIGMOIDS:
            return
        stack, weights = sigmoids(record), [w for w in layers_of(record) if w.gradient is not None]
        first, last = weights[0].gradient or 0.0, weights[-1].gradient or 1.0
        begun, later = losses(record)
        made = [layer.where for layer in record.layers or () if layer.kind in ("Sigmoid", "Tanh") and layer.where]
        yield self.finding(
            f"{len(stack)} layers of {stack[0].kind} lie on top of each other: of the gradient of the last layer, "
            f"{number(first / last)} reaches the first, and the loss went from {number(begun)} to {number(later)}",
            Measurement(name="layers of sigmoids", value=len(stack), limit=self.layers),
            Measurement(name="gradient of the first layer relative to the last", value=first / last, limit=self.faded),
            Measurement(name="first loss", value=begun, step=0),
            Measurement(name="last loss", value=later),
            fix="use ReLU between the hidden layers",
            where=made[0] if made else stack[-1].where,
            confidence=0.85,
        )
