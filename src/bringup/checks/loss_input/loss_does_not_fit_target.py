"""LOS308 loss-does-not-fit-target."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from bringup.checks.check import Check
from bringup.checks.loss_reading import at, trained_losses
from bringup.checks.reading import number
from bringup.findings import Family, Finding, Measurement, Severity
from bringup.record import LossFacts, Record

BINARY = ("binary_cross_entropy", "binary_cross_entropy_with_logits", "multilabel_soft_margin_loss")


@dataclass(frozen=True, kw_only=True)
class LossDoesNotFitTarget(Check):
    """The loss is for another kind of target.

    ## What it detects
    A binary cross entropy of targets that are quantities; a cross entropy of targets with several classes at once, or of
    quantities; a Poisson loss of negative targets.

    ## Why it is bad
    Cross entropies have their minimum at the target for shares from 0 to 1 alone. Beyond these they have none: the output
    runs off, or the model learns the order of the targets at best.

    ## How it is detected
    Of a binary cross entropy: targets that are no whole numbers reach more than {beyond} beyond 0 or 1. Of cross entropy with
    targets for each class: rows of 0 and 1 that sum to 2 and more, or negative targets. Of a Poisson loss: negative targets.

    ## How to fix it
    Use a squared or absolute error for quantities, and `BCEWithLogitsLoss` for several classes at once.

    ## How it is confirmed
    The targets that were seen are the proof.
    """

    code: ClassVar[str] = "LOS308"
    name: ClassVar[str] = "loss-does-not-fit-target"
    family: ClassVar[Family] = Family.LOSS_INPUT
    severity: ClassVar[Severity] = Severity.ERROR
    bad: ClassVar[str] = """
import torch
from torch import nn
torch.manual_seed(0)
x = torch.randn(600, 6)
y = x @ torch.randn(6, 1) + 0.1 * torch.randn(600, 1)
model = nn.Sequential(nn.Linear(6, 32), nn.ReLU(), nn.Linear(32, 1))
loss_function = nn.BCEWithLogitsLoss()
optimizer = torch.optim.SGD(model.parameters(), lr=1e-3)
for epoch in range(8):
    for rows in torch.randperm(480).split(32):
        loss = loss_function(model(x[rows]), y[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
model.eval()
with torch.no_grad():
    print((model(x[480:]) - y[480:]).pow(2).mean().item())
"""
    good: ClassVar[str] = """
import torch
from torch import nn
torch.manual_seed(0)
x = torch.randn(600, 6)
y = torch.sigmoid(x @ torch.randn(6, 1) + 0.1 * torch.randn(600, 1))
model = nn.Sequential(nn.Linear(6, 32), nn.ReLU(), nn.Linear(32, 1))
loss_function = nn.BCEWithLogitsLoss()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for epoch in range(8):
    for rows in torch.randperm(480).split(32):
        loss = loss_function(model(x[rows]), y[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
model.eval()
with torch.no_grad():
    print((torch.sigmoid(model(x[480:])) - y[480:]).pow(2).mean().item())
"""

    beyond: float = 0.5  # beyond 0 or 1; labels that are smoothed on purpose stay within

    def detect(self, record: Record) -> Iterator[Finding]:
        """Yield one finding for each line."""
        for loss in trained_losses(record):
            problem = self.problem(loss)
            if problem is None or loss.written or loss.target.requires_grad:
                continue
            given, fix = problem
            yield self.finding(
                f"`{loss.function}`{at(loss.where)} is given {given}",
                Measurement(name="smallest target", value=loss.target_minimum, limit=0),
                Measurement(name="largest target", value=loss.target_maximum, limit=1),
                where=loss.where,
                fix=fix,
                confidence=0.9,
            )

    def problem(self, loss: LossFacts) -> tuple[str, str] | None:
        """What is given, and what to do; None where it fits."""
        low, high = loss.target_minimum, loss.target_maximum
        if low is None or high is None:
            return None
        values = f"quantities from {number(low)} to {number(high)} as targets"
        outside = low < -self.beyond or high > 1 + self.beyond
        if loss.function in BINARY and not loss.target_whole and outside:
            return values, "for quantities use a squared error (MSELoss)"
        if loss.function == "poisson_nll_loss" and low < 0:
            return values, "for quantities that may be negative use a squared error (MSELoss)"
        shares = loss.target_classes
        if (
            loss.function != "cross_entropy"
            or shares is None
            or loss.target.shape != loss.input.shape
            or len(loss.input.shape) < 2
        ):
            return None
        if shares.count > 1 and not loss.target_whole and low < 0:
            return values, "for quantities use a squared error (MSELoss)"
        if loss.target_whole and (low, high) == (0, 1) and shares.sum_maximum >= 2 and shares.sum_maximum > shares.sum_minimum:
            most = number(shares.sum_maximum)
            return f"examples with up to {most} classes at once", "for several classes at once use BCEWithLogitsLoss"
        return None
