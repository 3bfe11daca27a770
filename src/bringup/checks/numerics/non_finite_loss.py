"""NUM101 non-finite-loss."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from bringup.checks.check import Check
from bringup.checks.numerics.faults import Fault, fault_of
from bringup.checks.reading import number
from bringup.errors import NotApplicable
from bringup.findings import Family, Finding, Measurement, Severity, Where
from bringup.record import NonFiniteFacts, Record


@dataclass(frozen=True, kw_only=True)
class NonFiniteLoss(Check):
    """The loss became infinite or NaN.

    ## What it detects
    A loss that is infinite or not a number, in training or in validation.

    ## Why it is bad
    From the first such value on, gradients and weights are NaN too: the model is lost, and every later figure means nothing.

    ## How it is detected
    Every value of the losses over steps, epochs and validation is looked at; the first that is not finite is named. Where the
    operation that made it is known, or inputs that were not finite, or a loss that grew without bound before, other checks say
    so, and this one is silent. Where a second run did not repeat it, what the graph of the loss holds is named.

    ## How to fix it
    Look at the inputs of that step for values that are not finite, then at logarithms, divisions and exponentials in the loss;
    use the
    functions that take logits. If the loss grew before it broke, lower the learning rate.

    ## How it is confirmed
    Train on one batch with a tenth of the learning rate: if it stays finite, the updates were too large.
    """

    code: ClassVar[str] = "NUM101"
    name: ClassVar[str] = "non-finite-loss"
    family: ClassVar[Family] = Family.NUMERICS
    severity: ClassVar[Severity] = Severity.ERROR
    confirm_with: ClassVar[str | None] = "lower-learning-rate"
    symptom: ClassVar[bool] = True
    bad: ClassVar[str] = """
import torch
from bringup.models.network import MLP, initialise
from bringup.record import Record
from bringup.training.loop import Batches, train
from bringup.training.settings import TrainingSettings
x_ND = torch.randn(512, 8, generator=torch.Generator().manual_seed(0))
y_N = (x_ND[:, 0] > 0).long()
x_ND[7, 3] = float("nan")
network = initialise(MLP(8, 2, hidden=(32,)), seed=0)
batches = Batches(x_ND, y_N, rows=64, seed=0)
watch, _ = train(network, batches, torch.nn.functional.cross_entropy, TrainingSettings(epochs=5))
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

    def detect(self, record: Record) -> Iterator[Finding]:
        """Yield at most one finding."""
        losses = [name for name in ("step/loss", "train/loss", "validation/loss") if name in record.series]
        if not losses:
            raise NotApplicable("the run did not record a loss")
        broken = [
            (step, name, value)
            for name in losses
            for step, value in zip(record.series[name].steps, record.series[name].values, strict=True)
            if not math.isfinite(value)
        ]
        facts = record.non_finite
        if not broken or (facts is not None and fault_of(facts) is not Fault.UNKNOWN):
            return
        step, name, value = min(broken, key=lambda entry: entry[0])
        yield self.finding(
            f"{name} is {number(value)} at step {step}" + (reproduced(facts) if facts is not None else ""),
            Measurement(name=name, value=value, step=step),
            Measurement(name="losses that are not finite", value=len(broken), limit=0),
            fix="look at the inputs of this step, then for logarithms and divisions in the loss",
            where=place(facts),
        )


def reproduced(facts: NonFiniteFacts) -> str:
    """What is known without having seen it happen."""
    told = "; a second run did not repeat it, so set the seeds to have it traced" if facts.traced else ""
    held = [f"`{entry.operation}`" + (f" in {entry.where}" if entry.where else "") for entry in facts.suspects]
    spoiled = "; the weights were spoiled by the step before" if facts.weights else ""
    return spoiled + told + (f"; the loss is computed with {', '.join(dict.fromkeys(held))}" if held else "")


def place(facts: NonFiniteFacts | None) -> Where | None:
    """The only operation that can be to blame, else the loss."""
    if facts is None:
        return None
    lines = {str(entry.where): entry.where for entry in facts.suspects if entry.where is not None}
    return next(iter(lines.values())) if len(lines) == 1 else facts.where
