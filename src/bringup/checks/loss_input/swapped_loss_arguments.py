"""LOS307 swapped-loss-arguments."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from bringup.checks.check import Check
from bringup.checks.loss_reading import ERRORS, at, trained_losses
from bringup.findings import Family, Finding, Measurement, Severity
from bringup.record import LossFacts, Record

SYMMETRIC = (*ERRORS, "cosine_embedding_loss", "margin_ranking_loss", "triplet_margin_loss")


@dataclass(frozen=True, kw_only=True)
class SwappedLossArguments(Check):
    """The target stands where the loss expects the prediction.

    ## What it detects
    A loss that is not the same both ways, given the target first and the prediction second.

    ## Why it is bad
    The loss takes the logarithm of the target, and treats the prediction as the truth: its minimum lies elsewhere.

    ## How it is detected
    The second argument depends on the weights and the first does not. Squared and absolute errors are the same both ways
    and are left out, and so is `kl_div` of log-probabilities, where the reverse is a measure of its own.

    ## How to fix it
    Swap the two: the prediction comes first.

    ## How it is confirmed
    What carries the gradient is the proof.
    """

    code: ClassVar[str] = "LOS307"
    name: ClassVar[str] = "swapped-loss-arguments"
    family: ClassVar[Family] = Family.LOSS_INPUT
    severity: ClassVar[Severity] = Severity.ERROR
    bad: ClassVar[str] = """
import torch
from torch import nn
torch.manual_seed(0)
x = torch.randn(600, 6)
y = nn.functional.one_hot((x @ torch.randn(6, 4)).argmax(1), 4).float()
model = nn.Sequential(nn.Linear(6, 32), nn.ReLU(), nn.Linear(32, 4))
loss_function = nn.CrossEntropyLoss()
optimizer = torch.optim.SGD(model.parameters(), lr=1e-3)
for epoch in range(8):
    for rows in torch.randperm(480).split(32):
        loss = loss_function(y[rows], model(x[rows]))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
model.eval()
with torch.no_grad():
    print((model(x[480:]).argmax(1) == y[480:].argmax(1)).float().mean().item())
"""
    good: ClassVar[str] = """
import torch
from torch import nn
torch.manual_seed(0)
x = torch.randn(600, 6)
y = x @ torch.randn(6, 1) + 0.1 * torch.randn(600, 1)
model = nn.Sequential(nn.Linear(6, 32), nn.ReLU(), nn.Linear(32, 1))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for epoch in range(8):
    for rows in torch.randperm(480).split(32):
        loss = nn.functional.mse_loss(y[rows], model(x[rows]))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
model.eval()
with torch.no_grad():
    print(nn.functional.mse_loss(y[480:], model(x[480:])).item())
"""

    def detect(self, record: Record) -> Iterator[Finding]:
        """Yield one finding for each line."""
        for loss in trained_losses(record):
            if loss.function in SYMMETRIC or loss.input.requires_grad or not loss.target.requires_grad:
                continue
            if loss.function == "kl_div" and not self.is_target(loss):
                continue
            yield self.finding(
                f"`{loss.function}`{at(loss.where)} is given the target first: its first argument does not depend on the "
                "weights, its second does",
                Measurement(name="first argument depends on the weights", value=loss.input.requires_grad, limit=True),
                Measurement(name="second argument depends on the weights", value=loss.target.requires_grad, limit=False),
                where=loss.where,
                fix="swap the two arguments: the prediction comes first",
            )

    def is_target(self, loss: LossFacts) -> bool:
        """Whether the first argument of `kl_div` holds shares of classes, as only a target does."""
        return loss.input.minimum is not None and loss.input.minimum >= 0
