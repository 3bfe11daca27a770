"""LOS303 probabilities-into-nll-loss."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from bringup.checks.check import Check
from bringup.checks.loss_reading import activation_place, at, probabilities, trained_losses
from bringup.checks.reading import number
from bringup.findings import Family, Finding, Measurement, Severity
from bringup.record import LossFacts, Record


@dataclass(frozen=True, kw_only=True)
class ProbabilitiesIntoNllLoss(Check):
    """A loss that takes log-probabilities is given probabilities: the logarithm is missing.

    ## What it detects
    `nll_loss` or `kl_div` whose input are probabilities.

    ## Why it is bad
    Without the logarithm the loss is the negative probability of the right class. It is negative, falls slowly, and hardly
    tells an answer that is wrong from one that is very wrong.

    ## How it is detected
    The last operation before the loss, views looked through, is a softmax or a sigmoid; or the rows of the loss's input are
    probabilities: none is negative, and they sum to 1.

    ## How to fix it
    End the model with `log_softmax`, or remove the softmax and use `cross_entropy`.

    ## How it is confirmed
    Train one batch with the logarithm in place: the loss starts near ln C for C classes, and falls to 0.
    """

    code: ClassVar[str] = "LOS303"
    name: ClassVar[str] = "probabilities-into-nll-loss"
    family: ClassVar[Family] = Family.LOSS_INPUT
    severity: ClassVar[Severity] = Severity.ERROR
    confirm_with: ClassVar[str | None] = "raw-logits"
    bad: ClassVar[str] = """
import torch
from torch import nn
torch.manual_seed(0)
x = torch.randn(600, 6)
y = (x @ torch.randn(6, 4)).argmax(1)
model = nn.Sequential(nn.Linear(6, 32), nn.ReLU(), nn.Linear(32, 4), nn.Softmax(dim=-1))
loss_function = nn.NLLLoss()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for epoch in range(8):
    for rows in torch.randperm(480).split(32):
        loss = loss_function(model(x[rows]), y[rows])
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
model = nn.Sequential(nn.Linear(6, 32), nn.ReLU(), nn.Linear(32, 4), nn.LogSoftmax(dim=-1))
loss_function = nn.NLLLoss()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for epoch in range(8):
    for rows in torch.randperm(480).split(32):
        loss = loss_function(model(x[rows]), y[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
model.eval()
with torch.no_grad():
    print((model(x[480:]).argmax(1) == y[480:]).float().mean().item())
"""

    def detect(self, record: Record) -> Iterator[Finding]:
        """Yield one finding for each line."""
        for loss in trained_losses(record):
            if loss.function not in ("nll_loss", "kl_div") or not self.given_probabilities(loss):
                continue
            facts = loss.classes
            yield self.finding(
                f"`{loss.function}`{at(loss.where)} takes log-probabilities, and is given probabilities: values from "
                f"{number(loss.input.minimum or 0.0)} to {number(loss.input.maximum or 1.0)}",
                Measurement(name="smallest sum of a row of the loss's input", value=facts.sum_minimum if facts else None),
                Measurement(name="largest sum of a row of the loss's input", value=facts.sum_maximum if facts else None),
                Measurement(name="first loss", value=loss.value, step=loss.step),
                where=activation_place(loss),
                fix="take the log-softmax instead of the softmax, or use cross entropy on the raw scores",
            )

    def given_probabilities(self, loss: LossFacts) -> bool:
        """Whether the input are probabilities."""
        kind = loss.activation.kind if loss.activation is not None else ""
        return kind in ("softmax", "sigmoid") or probabilities(loss)
