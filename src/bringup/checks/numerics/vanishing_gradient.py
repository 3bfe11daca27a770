"""NUM103 vanishing-gradient."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from statistics import median
from typing import ClassVar

from bringup.checks.check import Check
from bringup.checks.network import Trouble, layers_of, trouble_of
from bringup.checks.reading import number
from bringup.findings import Family, Finding, Measurement, Severity
from bringup.record import Record


@dataclass(frozen=True, kw_only=True)
class VanishingGradient(Check):
    """Almost no gradient reaches the weights.

    ## What it detects
    A gradient that is next to nothing from the first step, while the loss is not.

    ## Why it is bad
    Weights follow the gradient. Where it vanishes (saturated activations, outputs scaled to nothing, very deep networks without
    skip connections)
    the updates are rounding errors (Glorot & Bengio 2010).

    ## How it is detected
    The median norm of the gradient over the first {steps} steps is below {smallest} times the median loss, and above 0. A
    gradient of exactly 0 is another fault. Or, in a network of four layers and more whose loss does not fall: less than a
    millionth of the relative gradient of the last layer reaches the first. Where units that are alike, weights of a wrong size,
    stacked sigmoids or dead units explain it, their checks speak.

    ## How to fix it
    Look for saturated sigmoids and tanhs, for factors on the way to the loss, and at the initialisation.

    ## How it is confirmed
    Train one batch with He or Glorot initialisation, and compare the norms.
    """

    code: ClassVar[str] = "NUM103"
    name: ClassVar[str] = "vanishing-gradient"
    family: ClassVar[Family] = Family.NUMERICS
    severity: ClassVar[Severity] = Severity.WARNING
    confirm_with: ClassVar[str | None] = "reinitialised"
    symptom: ClassVar[bool] = True
    bad: ClassVar[str] = """
import torch
from bringup.models.network import MLP, initialise
from bringup.record import Record
from bringup.training.loop import Batches, train
from bringup.training.settings import TrainingSettings
x_ND = torch.randn(512, 8, generator=torch.Generator().manual_seed(0))
y_N = (x_ND[:, 0] > 0).long()
network = initialise(MLP(8, 2, hidden=(32,)), seed=0)
batches = Batches(x_ND, y_N, rows=64, seed=0)
watch, _ = train(network, batches, lambda z, y: torch.nn.functional.cross_entropy(1e-8 * z, y), TrainingSettings(epochs=5))
record = Record(series=watch.frozen())
"""
    good: ClassVar[str] = """
import torch
from bringup.models.network import MLP, initialise
from bringup.record import Record
from bringup.training.loop import Batches, train
from bringup.training.settings import TrainingSettings
x_ND = torch.randn(512, 8, generator=torch.Generator().manual_seed(0))
y_N = (x_ND[:, 0] > 0).long()
network = initialise(MLP(8, 2, hidden=(32,)), seed=0)
batches = Batches(x_ND, y_N, rows=64, seed=0)
watch, _ = train(network, batches, torch.nn.functional.cross_entropy, TrainingSettings(learning_rate=3e-3, epochs=5))
record = Record(series=watch.frozen())
"""

    smallest: float = 1e-6  # of the loss
    steps: int = 20

    def detect(self, record: Record) -> Iterator[Finding]:
        """Yield at most one finding."""
        trouble = trouble_of(record)
        if trouble is Trouble.FADED:
            yield self.by_layer(record)
            return
        if trouble is not None:  # the small gradient follows from that
            return
        norms = record.need_series("gradient/norm", length=5)
        losses = record.need_series("step/loss", length=5)
        gradient, loss = median(norms.values[: self.steps]), median(abs(value) for value in losses.values[: self.steps])
        if not 0 < gradient < self.smallest * loss or not math.isfinite(loss):
            return
        yield self.finding(
            f"the norm of the gradient is {number(gradient)} at a loss of {number(loss)}",
            Measurement(name="median norm of the gradient over the first steps", value=gradient, limit=self.smallest * loss),
            Measurement(name="median loss over the first steps", value=loss),
            fix="look for saturated activations and for small factors between the network and the loss",
        )

    def by_layer(self, record: Record) -> Finding:
        """A gradient that is there in the last layer, and gone in the first."""
        weights = [weight for weight in layers_of(record) if weight.gradient is not None]
        first, last = weights[0], weights[-1]
        share = (first.gradient or 0.0) / (last.gradient or 1.0)
        return self.finding(
            f"of the gradient of `{last.name}`, {number(share)} reaches `{first.name}` over {len(weights)} layers",
            Measurement(name="gradient of the first layer relative to the last", value=share, limit=self.smallest),
            Measurement(name="layers", value=len(weights)),
            fix="put normalisation or skip connections between the layers, and initialise for the activation in use",
            where=first.where,
        )
