"""EPO101 stopped-while-still-improving."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from bringup.checks.check import Check
from bringup.checks.reading import number
from bringup.findings import Family, Finding, Measurement, Severity
from bringup.record import CostFacts, Record


@dataclass(frozen=True, kw_only=True)
class StoppedWhileStillImproving(Check):
    """Training ended at its last epoch while the validation loss was still falling.

    ## What it detects
    A training that was ended by its number of epochs, with the best validation loss at the very end and still falling.

    ## Why it is bad
    More epochs would have given a better model for nothing but time; a comparison with it is unfair to the model.

    ## How it is detected
    The training was stopped by its epochs, the lowest validation loss is the last one, and the last {tail} of the epochs
    brought at least
    {fall} of the whole fall.

    ## How to fix it
    Train for more epochs and stop by patience.

    ## How it is confirmed
    Train for twice the epochs: the validation loss goes on falling.
    """

    code: ClassVar[str] = "EPO101"
    name: ClassVar[str] = "stopped-while-still-improving"
    family: ClassVar[Family] = Family.EPOCHS
    severity: ClassVar[Severity] = Severity.NOTE
    bad: ClassVar[str] = """
import torch
from bringup.models.network import MLP, initialise
from bringup.record import CostFacts, Record
from bringup.training.loop import Batches, train
from bringup.training.settings import TrainingSettings
x_ND = torch.randn(768, 8, generator=torch.Generator().manual_seed(0))
y_N = (x_ND[:, 0] > 0).long()
network = initialise(MLP(8, 2, hidden=(32,)), seed=0)
batches = Batches(x_ND[:512], y_N[:512], rows=64, seed=0)
validation = (x_ND[512:], y_N[512:])
settings = TrainingSettings(learning_rate=1e-3, epochs=8)
watch, end = train(network, batches, torch.nn.functional.cross_entropy, settings, validation=validation)
cost = CostFacts(seconds=end.seconds, steps=end.step, epochs=end.epoch, examples_per_second=0, peak_bytes=0, parameters=0,
                 stopped_by=end.stopped_by)
record = Record(series=watch.frozen(), cost=cost)
"""
    good: ClassVar[str] = """
import torch
from bringup.models.network import MLP, initialise
from bringup.record import CostFacts, Record
from bringup.training.loop import Batches, train
from bringup.training.settings import TrainingSettings
x_ND = torch.randn(768, 8, generator=torch.Generator().manual_seed(0))
y_N = (x_ND[:, 0] + torch.randn(768, generator=torch.Generator().manual_seed(1)) > 0).long()
network = initialise(MLP(8, 2, hidden=(32,)), seed=0)
batches = Batches(x_ND[:512], y_N[:512], rows=64, seed=0)
validation = (x_ND[512:], y_N[512:])
settings = TrainingSettings(learning_rate=3e-3, epochs=100, patience=3)
watch, end = train(network, batches, torch.nn.functional.cross_entropy, settings, validation=validation)
cost = CostFacts(seconds=end.seconds, steps=end.step, epochs=end.epoch, examples_per_second=0, peak_bytes=0, parameters=0,
                 stopped_by=end.stopped_by)
record = Record(series=watch.frozen(), cost=cost)
"""

    tail: float = 0.1  # of the epochs, at the end
    fall: float = 0.01  # of the fall from the first to the lowest validation loss
    epochs: int = 5  # fewer say nothing

    def detect(self, record: Record) -> Iterator[Finding]:
        """Yield at most one finding."""
        cost: CostFacts = record.need("cost")
        values = record.need_series("validation/loss", length=self.epochs + 1).values
        if cost.stopped_by != "epochs" or values[-1] > min(values):
            return
        window = max(1, round(self.tail * (len(values) - 1)))
        recent, whole = min(values[:-window]) - values[-1], values[0] - values[-1]
        if not recent >= self.fall * whole > 0:
            return
        yield self.finding(
            f"the validation loss was still falling when training ended after {cost.epochs} epochs, at {number(values[-1])}",
            Measurement(name="fall over the last epochs", value=recent, limit=self.fall * whole),
            Measurement(name="fall over all epochs", value=whole),
            fix="train for more epochs, and let patience end it",
        )
