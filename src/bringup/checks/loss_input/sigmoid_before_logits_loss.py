"""LOS302 sigmoid-before-logits-loss."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from bringup.checks.check import Check
from bringup.checks.loss_reading import activation_place, at, graphs, lines, losses_with_gradient, probabilities
from bringup.checks.reading import number
from bringup.errors import NotApplicable
from bringup.findings import Family, Finding, Measurement, Severity
from bringup.record import Record

LOGITS_LOSSES = ("binary_cross_entropy_with_logits", "multilabel_soft_margin_loss", "soft_margin_loss")
BOUNDED = ("sigmoid", "softmax", "hardsigmoid")


@dataclass(frozen=True, kw_only=True)
class SigmoidBeforeLogitsLoss(Check):
    """A loss that takes raw scores is given probabilities, and takes the sigmoid a second time.

    ## What it detects
    A sigmoid (or a softmax) right before `binary_cross_entropy_with_logits` and its kin, or before a second sigmoid.

    ## Why it is bad
    The second sigmoid sees scores between 0 and 1 only, so every probability lies between 0.5 and 0.73: the loss cannot
    fall below 0.31 for the one class and 0.69 for the other, and nearly everything is predicted positive.

    ## How it is detected
    The last operation before the loss, views looked through, is a sigmoid or a softmax; or, in the graph of the loss, a
    sigmoid or log-sigmoid lies on a sigmoid.

    ## How to fix it
    Remove the sigmoid from the model, and take it where probabilities are needed; or keep it and use `BCELoss`.

    ## How it is confirmed
    Train one batch with the input of the sigmoid handed to the loss: the loss falls below the old limit.
    """

    code: ClassVar[str] = "LOS302"
    name: ClassVar[str] = "sigmoid-before-logits-loss"
    family: ClassVar[Family] = Family.LOSS_INPUT
    severity: ClassVar[Severity] = Severity.ERROR
    confirm_with: ClassVar[str | None] = "raw-logits"
    bad: ClassVar[str] = """
import torch
from torch import nn
torch.manual_seed(0)
x = torch.randn(600, 6)
y = (x[:, 0] * x[:, 1] + x[:, 2] > 0).float()
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(6, 32), nn.ReLU(), nn.Linear(32, 1))
    def forward(self, x):
        return torch.sigmoid(self.body(x)).squeeze(1)
model = Net()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for epoch in range(8):
    for rows in torch.randperm(480).split(32):
        loss = nn.functional.binary_cross_entropy_with_logits(model(x[rows]), y[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
model.eval()
with torch.no_grad():
    print(((model(x[480:]) > 0.5).float() == y[480:]).float().mean().item())
"""
    good: ClassVar[str] = """
import torch
from torch import nn
torch.manual_seed(0)
x = torch.randn(600, 6)
y = (x[:, 0] * x[:, 1] + x[:, 2] > 0).float()
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(6, 32), nn.ReLU(), nn.Linear(32, 1))
    def forward(self, x):
        return torch.sigmoid(self.body(x)).squeeze(1)
model = Net()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for epoch in range(8):
    for rows in torch.randperm(480).split(32):
        loss = nn.functional.binary_cross_entropy(model(x[rows]), y[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
model.eval()
with torch.no_grad():
    print(((model(x[480:]) > 0.5).float() == y[480:]).float().mean().item())
"""

    def detect(self, record: Record) -> Iterator[Finding]:
        """Yield one finding for each line."""
        if not record.losses and not record.graphs:
            raise NotApplicable("the run did not record a loss function or its graph")
        said: set[str] = set()
        for loss in losses_with_gradient(record, *LOGITS_LOSSES):
            kind = loss.activation.kind if loss.activation is not None else "softmax" if probabilities(loss) else ""
            if kind not in BOUNDED:
                continue
            said |= lines(loss.where, activation_place(loss))
            yield self.finding(
                f"`{loss.function}`{at(loss.where)} takes raw scores, and is given a {kind}: values from "
                f"{number(loss.input.minimum or 0.0)} to {number(loss.input.maximum or 1.0)}",
                Measurement(name="smallest value of the loss's input", value=loss.input.minimum, step=loss.step),
                Measurement(name="largest value of the loss's input", value=loss.input.maximum, step=loss.step),
                where=activation_place(loss),
                fix=f"remove the {kind} before the loss, or use a loss that takes probabilities",
            )
        for graph in graphs(record) if record.graphs else ():
            for stack in graph.stacks:
                place = stack.inner.where or stack.where or graph.loss
                if stack.inner.kind != "sigmoid" or "softmax" in stack.outer or lines(place, stack.where) & said:
                    continue
                said |= lines(place)
                yield self.finding(
                    f"a {stack.outer}{at(stack.where)} is taken of a sigmoid: what it sees lies between 0 and 1",
                    Measurement(name="sigmoids on top of each other", value=2, limit=1),
                    where=place,
                    fix="take the sigmoid once: remove this one",
                )
