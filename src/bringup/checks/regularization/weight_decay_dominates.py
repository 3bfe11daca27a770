"""REG301 weight-decay-dominates."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from statistics import median
from typing import ClassVar

from bringup.checks.answering import is_beaten
from bringup.checks.check import Check
from bringup.checks.reading import number, percent
from bringup.checks.updating import argument, losses_of, optimizers
from bringup.errors import NotApplicable
from bringup.findings import Family, Finding, Measurement, Severity
from bringup.record import AnswersFacts, OptimizerFacts, Record, Series


@dataclass(frozen=True, kw_only=True)
class WeightDecayDominates(Check):
    """Weight decay pulls the weights to zero, and nothing is learned.

    ## What it detects
    A weight decay that is stronger than the gradient of the loss: the weights shrink, whatever the data say.

    ## Why it is bad
    The output becomes the same for every input. The loss stays at that of a constant answer.

    ## How it is detected
    The norm of the weights fell to {shrunk} of its first value, and the loss by less than {fall}; or it fell to {halved}, the
    loss stays at {high} or more of what a guess costs, and simple models do better on the same rows by {better} of what is to
    be gained over chance. And the decay is large enough to be the cause: beside the gradient, its part of the first steps is
    at least {part}; where it is kept apart from the gradient (AdamW), learning rate times decay, summed over the steps, is
    above {product}.

    ## How to fix it
    Lower the weight decay: 1e-4 for SGD and 1e-2 for AdamW are usual.

    ## How it is confirmed
    Train without regularisation: the loss falls.
    """

    code: ClassVar[str] = "REG301"
    name: ClassVar[str] = "weight-decay-dominates"
    family: ClassVar[Family] = Family.REGULARIZATION
    severity: ClassVar[Severity] = Severity.ERROR
    confirm_with: ClassVar[str | None] = "no-regularisation"
    bad: ClassVar[str] = """
import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(512, 8)
y = (x[:, 0] + x[:, 1] > 0).long()
model = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 32), nn.ReLU(), nn.Linear(32, 2))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9, weight_decay=0.3)
for epoch in range(15):
    for batch in torch.randperm(512).split(64):
        loss = nn.functional.cross_entropy(model(x[batch]), y[batch])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
"""
    good: ClassVar[str] = """
import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(512, 8)
y = (x[:, 0] + x[:, 1] > 0).long()
model = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 32), nn.ReLU(), nn.Linear(32, 2))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9, weight_decay=0.003)
for epoch in range(15):
    for batch in torch.randperm(512).split(64):
        loss = nn.functional.cross_entropy(model(x[batch]), y[batch])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
"""

    shrunk: float = 0.3  # of the first norm
    fall: float = 0.05  # of the first loss
    halved: float = 0.5  # of the first norm, where simple models tell that more can be learned
    high: float = 0.5  # of the loss of a guess
    better: float = 0.2  # of what lies between chance and the best
    part: float = 0.3  # of the norm of the gradient
    product: float = 1.0
    steps: int = 30  # fewer say nothing

    def detect(self, record: Record) -> Iterator[Finding]:
        """Yield a finding for each optimizer."""
        first, last = losses_of(record, steps=self.steps)
        for count, optimizer in enumerate(optimizers(record)):
            norms = record.series.get(f"optimizer{count}/weight-norm")
            decay = optimizer.settings.get("weight_decay")
            if not decay or norms is None or len(norms) < 2 or optimizer.steps < self.steps:
                continue
            strength, limit = self.strength(record, count, optimizer, norms)
            shrunk = norms.last <= self.shrunk * norms.values[0] and first - last < self.fall * abs(first)
            halved = norms.last <= self.halved * norms.values[0] and any(map(self.underfits, record.answers or ()))
            if strength < limit or not (shrunk or halved):
                continue
            limit_of_loss = first - self.fall * abs(first) if shrunk else None
            yield self.finding(
                f"with a weight decay of {number(decay)} the weights shrink to {percent(norms.last / norms.values[0])} of "
                f"their size, and the loss went from {number(first)} to {number(last)}",
                Measurement(name="norm of the weights at the end", value=norms.last, limit=self.halved * norms.values[0]),
                Measurement(name="norm of the weights at first", value=norms.values[0]),
                Measurement(name="strength of the decay", value=strength, limit=limit),
                Measurement(name="loss of the last steps", value=last, limit=limit_of_loss),
                fix="lower the weight decay: 1e-4 for SGD and 1e-2 for AdamW are usual",
                where=argument(optimizer, "weight_decay"),
            )

    def underfits(self, answer: AnswersFacts) -> bool:
        """Whether a model of classes has learned little that simple models learn from the same rows."""
        return (answer.loss or 0.0) >= self.high * (answer.entropy or math.inf) and is_beaten(answer, self.better)

    def strength(self, record: Record, count: int, optimizer: OptimizerFacts, norms: Series) -> tuple[float, float]:
        """How strong the decay is, and from where on that is too much."""
        decay = float(optimizer.settings["weight_decay"])
        rates = record.series.get(f"optimizer{count}/learning-rate", Series()).values
        if optimizer.settings.get("decoupled_weight_decay"):
            return decay * (median(rates) if rates else 0.0) * optimizer.steps, self.product
        gradients = [value for value in record.series.get("gradient/norm", Series()).values[:5] if math.isfinite(value)]
        if not gradients:
            raise NotApplicable("the run recorded no gradient")
        return decay * norms.values[0] / max(median(gradients), 1e-12), self.part
