"""LRN102 learning-rate-too-small."""

from collections.abc import Iterator
from dataclasses import dataclass
from statistics import median
from typing import ClassVar

from bringup.checks.check import Check
from bringup.checks.reading import number
from bringup.checks.updating import argument
from bringup.findings import Family, Finding, Measurement, Severity
from bringup.record import Record


@dataclass(frozen=True, kw_only=True)
class LearningRateTooSmall(Check):
    """The steps are too small to learn anything.

    ## What it detects
    Updates that are next to nothing beside the weights, in a training whose loss does not fall.

    ## Why it is bad
    The training ends before it has begun, and looks like a model that cannot learn.

    ## How it is detected
    The median size of the update relative to the weights is below {smallest}, and the loss fell by less than {fall} of its
    first value.

    ## How to fix it
    Raise the learning rate by factors of ten until an update is near a thousandth of the weights; Adam at 3e-4 is a good start.

    ## How it is confirmed
    Train with ten times the learning rate, and with the one at which an update would be a thousandth of the weights.
    """

    code: ClassVar[str] = "LRN102"
    name: ClassVar[str] = "learning-rate-too-small"
    family: ClassVar[Family] = Family.LEARNING_RATE
    severity: ClassVar[Severity] = Severity.WARNING
    confirm_with: ClassVar[str | None] = "higher-learning-rate"
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
watch, _ = train(network, batches, torch.nn.functional.cross_entropy, TrainingSettings(learning_rate=1e-8, epochs=5))
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

    smallest: float = 1e-6  # of the size of the weights
    fall: float = 0.01  # of the first loss
    steps: int = 20  # fewer say nothing
    nothing: float = 1e-12  # below it, the weights do not move at all, which is another fault

    def detect(self, record: Record) -> Iterator[Finding]:
        """Yield at most one finding."""
        ratios = record.need_series("update/ratio", length=self.steps)
        losses = record.need_series("step/loss", length=self.steps)
        ratio, first, last = median(ratios.values), median(losses.values[:5]), median(losses.values[-5:])
        if not self.nothing < ratio < self.smallest or first - last >= self.fall * abs(first):
            return
        yield self.finding(
            f"each step changes the weights by {number(ratio)} of their size, "
            f"and the loss went from {number(first)} to {number(last)}",
            Measurement(name="median update relative to the weights", value=ratio, limit=self.smallest),
            Measurement(name="loss of the first steps", value=first),
            Measurement(name="loss of the last steps", value=last, limit=first - self.fall * abs(first)),
            fix="raise the learning rate by factors of ten; Adam at 3e-4 is a good start",
            where=argument(record.optimizers[0], "lr") if record.optimizers else None,
        )
