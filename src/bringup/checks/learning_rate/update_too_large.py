"""LRN101 update-too-large."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from statistics import median
from typing import ClassVar

from bringup.checks.check import Check
from bringup.checks.diverging import divergence
from bringup.checks.reading import number
from bringup.checks.summed import harmful_sum
from bringup.checks.updating import argument
from bringup.errors import NotApplicable
from bringup.findings import Family, Finding, Measurement, Severity
from bringup.record import Record


@dataclass(frozen=True, kw_only=True)
class UpdateTooLarge(Check):
    """Each step changes the weights by a large part of their size.

    ## What it detects
    Updates that are a large share of the weights from the first steps on.

    ## Why it is bad
    A healthy step changes the weights by about a thousandth of their size. Steps of a tenth and more jump over what they look
    for: the loss
    oscillates, explodes, or settles where nothing is learned.

    ## How it is detected
    The median size of the update relative to the weights over the first {start} steps is above {largest}, and within {steps}
    steps the
    loss rose to {rise} times its first value. (Weights that start at 0 take large steps too, and do well.)

    ## How to fix it
    Lower the learning rate by factors of ten until the ratio is near 0.001, or warm it up.

    ## How it is confirmed
    Train one batch with a tenth of the learning rate.
    """

    code: ClassVar[str] = "LRN101"
    name: ClassVar[str] = "update-too-large"
    family: ClassVar[Family] = Family.LEARNING_RATE
    severity: ClassVar[Severity] = Severity.WARNING
    confirm_with: ClassVar[str | None] = "lower-learning-rate"
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
watch, _ = train(network, batches, torch.nn.functional.cross_entropy, TrainingSettings(learning_rate=1.0, epochs=5))
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

    largest: float = 0.1  # of the size of the weights
    rise: float = 2.0  # times the first loss
    start: int = 5  # steps whose updates count
    steps: int = 20  # steps whose losses count

    def detect(self, record: Record) -> Iterator[Finding]:
        """Yield at most one finding."""
        ratios = record.need_series("update/ratio", length=self.start)
        losses = record.need_series("step/loss", length=self.start)
        first = [value for value in ratios.values[: self.start] if math.isfinite(value)]
        seen = [value for value in losses.values[: self.steps] if math.isfinite(value)]
        if not first or not seen:
            raise NotApplicable("no update of the first steps is finite")
        if record.optimizers is not None and divergence(record) is not None:
            return  # LRN301 says more
        ratio, worst, limit = median(first), max(seen), self.rise * abs(losses.values[0])
        if ratio <= self.largest or not worst >= limit or harmful_sum(record, rise=self.rise) is not None:
            return  # of a sum over the batch another check tells: its learning rate may well be right for the mean
        yield self.finding(
            f"the first steps change the weights by {number(ratio)} of their size, "
            f"and the loss rose from {number(losses.values[0])} to {number(worst)}",
            Measurement(name="median update relative to the weights", value=ratio, limit=self.largest),
            Measurement(name="largest loss of the first steps", value=worst, limit=limit),
            fix="lower the learning rate by factors of ten until the ratio is near 0.001",
            where=argument(record.optimizers[0], "lr") if record.optimizers else None,
        )
