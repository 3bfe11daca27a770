"""UPD101 weights-do-not-move."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from bringup.checks.check import Check
from bringup.checks.updating import argument
from bringup.findings import Family, Finding, Measurement, Severity
from bringup.record import Record, Series


@dataclass(frozen=True, kw_only=True)
class WeightsDoNotMove(Check):
    """The optimizer does not change the weights.

    ## What it detects
    Steps of the optimizer after which all weights are what they were.

    ## Why it is bad
    Nothing is learned. The optimizer holds other parameters than the network, no gradient reaches them (a rounding, an argmax
    or a detach on
    the way to the loss), or the learning rate is 0.

    ## How it is detected
    The size of the update is at most {smallest} of the size of the weights in each of the first {steps} steps that were
    watched.

    ## How to fix it
    Give the optimizer the parameters of the network that is trained, after it was moved to its device; see that the loss can be
    differentiated, and that the learning rate is not 0.

    ## How it is confirmed
    The measurement is the proof.
    """

    code: ClassVar[str] = "UPD101"
    name: ClassVar[str] = "weights-do-not-move"
    family: ClassVar[Family] = Family.UPDATE
    severity: ClassVar[Severity] = Severity.ERROR
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
watch, _ = train(network, batches, lambda z, y: (z[:, 1].round() - y).square().mean(), TrainingSettings(epochs=5))
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

    smallest: float = 1e-12
    steps: int = 5
    gradient: float = 1e-6  # norm; in a program that is watched, less is a fault of the gradient

    def detect(self, record: Record) -> Iterator[Finding]:
        """Yield at most one finding."""
        ratios = record.need_series("update/ratio", length=self.steps)
        largest = max(ratios.values[: self.steps])
        if not largest <= self.smallest:
            return
        gradients = record.series.get("gradient/norm", Series()).values[: self.steps]
        reached = bool(gradients) and max(gradients) > (0 if record.optimizers is None else self.gradient)
        if record.optimizers is not None and not reached:
            return  # why there is no gradient is what UPD303 to UPD306 and MOD304 say
        yield self.finding(
            f"{len(ratios.values[: self.steps])} steps moved no weight" + (", though there is a gradient" if reached else ""),
            Measurement(name="largest update relative to the weights", value=largest, limit=self.smallest),
            Measurement(name="largest norm of the gradient", value=max(gradients, default=None)),
            fix="see that the optimizer holds these weights and that its learning rate is not 0"
            if reached
            else "see that the loss can be differentiated with respect to the weights",
            where=argument(record.optimizers[0], "lr") if record.optimizers else None,
        )
