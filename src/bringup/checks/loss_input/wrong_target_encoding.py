"""LOS306 wrong-target-encoding."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from bringup.checks.check import Check
from bringup.checks.loss_reading import at, sizes, trained_losses
from bringup.checks.reading import number
from bringup.findings import Family, Finding, Measurement, Severity
from bringup.record import LossFacts, Record

ZERO_ONE = ("binary_cross_entropy", "binary_cross_entropy_with_logits", "multilabel_soft_margin_loss")
MINUS_PLUS = ("soft_margin_loss", "hinge_embedding_loss")


@dataclass(frozen=True, kw_only=True)
class WrongTargetEncoding(Check):
    """The targets are written in another way than the loss reads them.

    ## What it detects
    Labels such as 1 and 2, -1 and +1, or class numbers in a binary cross entropy, which reads shares from 0 to 1; 0 and 1
    in a loss that reads -1 and +1; log-probabilities where `kl_div` reads probabilities; one number for each example where
    `cross_entropy` reads the shares of the classes of one example.

    ## Why it is bad
    The loss is defined for such values all the same, and pushes in a wrong direction: it has no minimum, or another one.

    ## How it is detected
    The smallest and the largest target of the calls that were looked at lie outside of what the loss reads, and the targets are
    whole numbers; or input and target of `cross_entropy` have one axis each and the targets are floating numbers.

    ## How to fix it
    Encode the targets as the loss reads them: (y + 1) / 2 for -1 and +1, y - 1 for 1 and 2; or use the loss that fits them.

    ## How it is confirmed
    The shapes and values that were seen are the proof.
    """

    code: ClassVar[str] = "LOS306"
    name: ClassVar[str] = "wrong-target-encoding"
    family: ClassVar[Family] = Family.LOSS_INPUT
    severity: ClassVar[Severity] = Severity.ERROR
    bad: ClassVar[str] = """
import torch
from torch import nn
torch.manual_seed(0)
x = torch.randn(600, 6)
y = torch.where(x[:, 0] * x[:, 1] + x[:, 2] > 0, 1.0, -1.0)
model = nn.Sequential(nn.Linear(6, 32), nn.ReLU(), nn.Linear(32, 1), nn.Flatten(0))
loss_function = nn.BCEWithLogitsLoss()
optimizer = torch.optim.SGD(model.parameters(), lr=1e-2)
for epoch in range(8):
    for rows in torch.randperm(480).split(32):
        loss = loss_function(model(x[rows]), y[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
model.eval()
with torch.no_grad():
    print((model(x[480:]).sign() == y[480:]).float().mean().item())
"""
    good: ClassVar[str] = """
import torch
from torch import nn
torch.manual_seed(0)
x = torch.randn(600, 6)
y = torch.where(x[:, 0] * x[:, 1] + x[:, 2] > 0, 1.0, -1.0)
model = nn.Sequential(nn.Linear(6, 32), nn.ReLU(), nn.Linear(32, 1), nn.Flatten(0))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for epoch in range(8):
    for rows in torch.randperm(480).split(32):
        loss = nn.functional.soft_margin_loss(model(x[rows]), y[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
model.eval()
with torch.no_grad():
    print((model(x[480:]).sign() == y[480:]).float().mean().item())
"""

    def detect(self, record: Record) -> Iterator[Finding]:
        """Yield one finding for each line."""
        for loss in trained_losses(record):
            problem = self.problem(loss)
            if problem is None or loss.written or loss.target.requires_grad:
                continue
            read, given, fix = problem
            yield self.finding(
                f"`{loss.function}`{at(loss.where)} reads {read}, and is given {given}",
                Measurement(name="smallest target", value=loss.target_minimum),
                Measurement(name="largest target", value=loss.target_maximum),
                Measurement(name="shape of the targets", value=sizes(loss.target.shape)),
                where=loss.where,
                fix=fix,
            )

    def problem(self, loss: LossFacts) -> tuple[str, str, str] | None:
        """What the loss reads, what it is given, and what to do; None where they fit."""
        low, high = loss.target_minimum, loss.target_maximum
        if low is None or high is None:
            return None
        values = f"whole numbers from {number(low)} to {number(high)}"
        if loss.function in ZERO_ONE and loss.target_whole and (low < 0 or high > 1):
            return "targets from 0 to 1", values, self.advice(low, high)
        if loss.function in MINUS_PLUS and loss.target_whole and low >= 0 and high == 1 and loss.target.zeros > 0:
            return "targets -1 and +1", values, "give it 2 * y - 1, or use BCEWithLogitsLoss"
        if loss.function == "kl_div" and low < 0 and not loss.options.get("log_target"):
            return "probabilities as targets", f"values down to {number(low)}", "set log_target=True, or give it probabilities"
        if loss.function == "cross_entropy" and loss.target.dtype.startswith(("float", "bfloat")) and self.strung(loss):
            given = f"{sizes(loss.input.shape)} and {sizes(loss.target.shape)}: one example with {loss.input.shape[0]} classes"
            return "a row of scores for each example", given, "use BCEWithLogitsLoss for one score an example"
        return None

    def strung(self, loss: LossFacts) -> bool:
        """Whether a whole batch is taken for the classes of one example: one axis, and targets that are no shares."""
        shares = loss.target_classes
        one = len(loss.input.shape) == len(loss.target.shape) == 1
        return one and shares is not None and shares.count > 2 and abs(shares.sum_maximum - 1) > 0.01

    def advice(self, low: float, high: float) -> str:
        """What to do about labels of two or more classes."""
        if low < 0:
            return "give it (y + 1) / 2" if low == -1 and high == 1 else "encode the labels as 0 and 1"
        if low == 1 and high == 2:
            return "give it y - 1"
        return "for more than two classes give the model one output a class and use cross entropy"
