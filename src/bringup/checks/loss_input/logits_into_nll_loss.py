"""LOS304 logits-into-nll-loss."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from bringup.checks.check import Check
from bringup.checks.loss_reading import at, probabilities, trained_losses
from bringup.checks.reading import number
from bringup.findings import Family, Finding, Measurement, Severity
from bringup.record import Record

NORMALISED = ("log_softmax", "log", "log_sigmoid", "softmax", "sigmoid")


@dataclass(frozen=True, kw_only=True)
class LogitsIntoNllLoss(Check):
    """A loss that takes log-probabilities is given raw scores.

    ## What it detects
    `nll_loss` or `kl_div` whose input has not gone through a log-softmax.

    ## Why it is bad
    Nothing keeps the scores in bounds: the loss falls without end by making the score of the right class large for every
    input, and no class is pushed down for another to win.

    ## How it is detected
    The values of e to the power of the loss's input sum to more than {mass} over the classes in every row that was looked at;
    log-probabilities sum to 1. The last operation before the loss is neither a log-softmax nor a logarithm.

    ## How to fix it
    Use `cross_entropy`, which takes raw scores; or put a `log_softmax` before the loss.

    ## How it is confirmed
    Train one batch with a log-softmax before the loss: the loss starts near ln C for C classes, and falls to 0.
    """

    code: ClassVar[str] = "LOS304"
    name: ClassVar[str] = "logits-into-nll-loss"
    family: ClassVar[Family] = Family.LOSS_INPUT
    severity: ClassVar[Severity] = Severity.ERROR
    confirm_with: ClassVar[str | None] = "raw-logits"
    bad: ClassVar[str] = """
import torch
from torch import nn
torch.manual_seed(0)
x = torch.randn(600, 6)
y = (x @ torch.randn(6, 4)).argmax(1)
model = nn.Sequential(nn.Linear(6, 32), nn.ReLU(), nn.Linear(32, 4))
optimizer = torch.optim.SGD(model.parameters(), lr=1e-3)
for epoch in range(8):
    for rows in torch.randperm(480).split(32):
        loss = nn.functional.nll_loss(model(x[rows]), y[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
model.eval()
with torch.no_grad():
    print((model(x[480:]).argmax(1) == y[480:]).float().mean().item())
"""
    good: ClassVar[str] = """
import torch
from torch import nn
torch.manual_seed(0)
x = torch.randn(600, 6)
y = (x @ torch.randn(6, 4)).argmax(1)
model = nn.Sequential(nn.Linear(6, 32), nn.ReLU(), nn.Linear(32, 4))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for epoch in range(8):
    for rows in torch.randperm(480).split(32):
        scores = model(x[rows])
        loss = nn.functional.nll_loss(scores - scores.logsumexp(1, keepdim=True), y[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
model.eval()
with torch.no_grad():
    print((model(x[480:]).argmax(1) == y[480:]).float().mean().item())
"""

    mass: float = 1.05  # of e to the power of log-probabilities, over the classes; rounding apart it is 1

    def detect(self, record: Record) -> Iterator[Finding]:
        """Yield one finding for each line."""
        for loss in trained_losses(record):
            facts = loss.classes
            if loss.function not in ("nll_loss", "kl_div") or facts is None or probabilities(loss):
                continue
            if loss.activation is not None and loss.activation.kind in NORMALISED:
                continue
            if loss.function == "kl_div" and loss.target_classes is not None and loss.target_classes.sum_maximum > self.mass:
                continue  # not over this axis, or not of shares: then the sum says nothing
            if facts.mass_minimum <= self.mass:
                continue
            yield self.finding(
                f"`{loss.function}`{at(loss.where)} takes log-probabilities, and is given raw scores: e to their power sums to "
                f"{number(facts.mass_minimum)} and more, not to 1",
                Measurement(name="smallest sum of exp(input) over the classes", value=facts.mass_minimum, limit=self.mass),
                Measurement(name="largest value of the loss's input", value=loss.input.maximum, step=loss.step),
                where=loss.where,
                fix="use cross entropy, which takes raw scores, or put a log-softmax before the loss",
                confidence=0.95,
            )
