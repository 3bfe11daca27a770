"""NUM102 exploding-gradient."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from bringup.checks.check import Check
from bringup.checks.numerics.faults import HUGE, Fault, fault_of
from bringup.checks.reading import number
from bringup.errors import NotApplicable
from bringup.findings import Family, Finding, Measurement, Severity
from bringup.record import NonFiniteFacts, Record, Series


@dataclass(frozen=True, kw_only=True)
class ExplodingGradient(Check):
    """The gradient grew a thousandfold.

    ## What it detects
    A norm of the gradient that grows far beyond what it was in the first steps.

    ## Why it is bad
    Updates by such a gradient throw away what was learned; the next step is often an infinite loss. Deep and recurrent networks
    are prone to it
    (Pascanu, Mikolov & Bengio 2013).

    ## How it is detected
    A norm that is {growth} times the largest of the first {start} steps, or that is not finite while the loss still is; or a
    gradient that was seen to overflow on its way back, with a loss that had not grown.

    ## How to fix it
    Clip the norm of the gradient, lower the learning rate, normalise between layers, and look at the inputs of that step.

    ## How it is confirmed
    Train on one batch with a tenth of the learning rate: if the gradient stays in bounds, the updates were too large.
    """

    code: ClassVar[str] = "NUM102"
    name: ClassVar[str] = "exploding-gradient"
    family: ClassVar[Family] = Family.NUMERICS
    severity: ClassVar[Severity] = Severity.WARNING
    confirm_with: ClassVar[str | None] = "lower-learning-rate"
    symptom: ClassVar[bool] = True
    bad: ClassVar[str] = """
from bringup.record import Record, Series
steps = tuple(range(1, 31))
record = Record(series={"gradient/norm": Series(steps=steps, values=tuple(0.5 * 1.5**step for step in steps))})
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

    growth: float = 1000.0
    start: int = 5  # steps

    def detect(self, record: Record) -> Iterator[Finding]:
        """Yield at most one finding."""
        if record.non_finite is not None and fault_of(record.non_finite) is Fault.EXPLODED:
            yield self.overflowed(record.non_finite)
            return
        norms = record.need_series("gradient/norm", length=self.start + 1)
        at_start = [value for value in norms.values[: self.start] if math.isfinite(value)]
        if not at_start or not max(at_start) > 0:
            raise NotApplicable("there was no gradient in the first steps")
        limit = self.growth * max(at_start)
        watched = record.program is not None  # there a gradient scaler may skip such a step on purpose
        loss = record.series.get("step/loss", Series())
        losses = dict(zip(loss.steps, loss.values, strict=True))
        for step, value in zip(norms.steps, norms.values, strict=True):
            overflowed = not watched and not math.isfinite(value) and math.isfinite(losses.get(step, math.nan))
            if limit < value < math.inf or overflowed:
                yield self.finding(
                    f"the norm of the gradient is {number(value)} at step {step}, at most {number(max(at_start))} before",
                    Measurement(name="norm of the gradient", value=value, limit=limit, step=step),
                    Measurement(name="largest norm of the first steps", value=max(at_start)),
                    fix="clip the norm of the gradient, or lower the learning rate",
                )
                return

    def overflowed(self, facts: NonFiniteFacts) -> Finding:
        """A gradient that grew on its way back until no number could hold it."""
        assert facts.origin is not None
        return self.finding(
            f"the gradient grew to {number(facts.origin.largest_gradient or 0.0)} on its way back to "
            f"`{facts.origin.operation}` and overflowed there at step {facts.trace}",
            Measurement(name="largest gradient", value=facts.origin.largest_gradient, limit=HUGE, step=facts.trace),
            Measurement(name="loss before", value=facts.last, step=facts.step),
            fix="clip the norm of the gradient, and normalise between layers",
            where=facts.origin.where or facts.where,
        )
