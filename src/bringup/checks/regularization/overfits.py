"""REG101 overfits."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from bringup.checks.check import Check
from bringup.checks.reading import number
from bringup.errors import NotApplicable
from bringup.findings import Family, Finding, Measurement, Severity
from bringup.record import Record


@dataclass(frozen=True, kw_only=True)
class Overfits(Check):
    """The validation loss rose far above its minimum while the training loss went on falling.

    ## What it detects
    A model that learns its training rows by heart after it has learned what holds for others.

    ## Why it is bad
    The last weights are worse than earlier ones. Early stopping keeps the better ones, and the gap says that there is room for
    regularisation or more data.

    ## How it is detected
    The last validation loss is at least {rise} times the lowest, and the training loss fell by {fall} or more since then.

    ## How to fix it
    Keep the weights of the lowest validation loss; then bring more data, weight decay, dropout or augmentation, or a smaller
    model.

    ## How it is confirmed
    Train with weight decay or dropout: the lowest validation loss comes later and is lower.
    """

    code: ClassVar[str] = "REG101"
    name: ClassVar[str] = "overfits"
    family: ClassVar[Family] = Family.REGULARIZATION
    severity: ClassVar[Severity] = Severity.NOTE
    bad: ClassVar[str] = """
import torch
from bringup.models.network import MLP, initialise
from bringup.record import Record
from bringup.training.loop import Batches, train
from bringup.training.settings import TrainingSettings
x_ND = torch.randn(384, 8, generator=torch.Generator().manual_seed(0))
y_N = (x_ND[:, 0] + 2 * torch.randn(384, generator=torch.Generator().manual_seed(1)) > 0).long()
network = initialise(MLP(8, 2, hidden=(128,)), seed=0)
batches = Batches(x_ND[:128], y_N[:128], rows=32, seed=0)
validation = (x_ND[128:], y_N[128:])
settings = TrainingSettings(learning_rate=3e-3, epochs=100, patience=100)
watch, _ = train(network, batches, torch.nn.functional.cross_entropy, settings, validation=validation)
record = Record(series=watch.frozen())
"""
    good: ClassVar[str] = """
import torch
from bringup.models.network import MLP, initialise
from bringup.record import Record
from bringup.training.loop import Batches, train
from bringup.training.settings import TrainingSettings
x_ND = torch.randn(384, 8, generator=torch.Generator().manual_seed(0))
y_N = (x_ND[:, 0] + 2 * torch.randn(384, generator=torch.Generator().manual_seed(1)) > 0).long()
network = initialise(MLP(8, 2, hidden=(128,)), seed=0)
batches = Batches(x_ND[:128], y_N[:128], rows=32, seed=0)
validation = (x_ND[128:], y_N[128:])
settings = TrainingSettings(learning_rate=3e-3, epochs=100, patience=3)
watch, _ = train(network, batches, torch.nn.functional.cross_entropy, settings, validation=validation)
record = Record(series=watch.frozen())
"""

    rise: float = 1.5  # times the lowest validation loss
    fall: float = 0.1  # of the training loss at that time

    def detect(self, record: Record) -> Iterator[Finding]:
        """Yield at most one finding."""
        judged = record.need_series("validation/loss", length=3)
        trained = record.need_series("train/loss", length=3)
        lowest = min(judged.values)
        step = judged.steps[judged.values.index(lowest)]
        before = [value for at, value in zip(trained.steps, trained.values, strict=True) if at <= step]
        if not before or not lowest > 0:
            raise NotApplicable("the lowest validation loss is the one before training, or not above 0")
        if not judged.last >= self.rise * lowest or not trained.last <= (1 - self.fall) * before[-1]:
            return
        yield self.finding(
            f"the validation loss rose from {number(lowest)} at step {step} to {number(judged.last)}, "
            f"while the training loss fell from {number(before[-1])} to {number(trained.last)}",
            Measurement(name="last validation loss", value=judged.last, limit=self.rise * lowest, step=judged.steps[-1]),
            Measurement(name="lowest validation loss", value=lowest, step=step),
            Measurement(name="last training loss", value=trained.last, step=trained.steps[-1]),
            fix="keep the weights of the lowest validation loss, then regularise or bring more data",
        )
