"""LOS312 activation-before-logits-loss."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from bringup.checks.check import Check
from bringup.checks.loss_reading import activation_place, at, lines, losses_with_gradient
from bringup.checks.reading import number
from bringup.errors import NotApplicable
from bringup.findings import Family, Finding, Measurement, Severity, Where
from bringup.record import ActivationFacts, Record

CLASSES = "cross_entropy"
BINARY = "binary_cross_entropy_with_logits"
ONE_SIDED = ("relu", "softplus")


@dataclass(frozen=True, kw_only=True)
class ActivationBeforeLogitsLoss(Check):
    """A loss that takes raw scores is given scores that an activation function has cut off.

    ## What it detects
    A ReLU, sigmoid or tanh right before `cross_entropy`, `binary_cross_entropy_with_logits` or a final log-softmax.

    ## Why it is bad
    After a ReLU all classes that are unlikely get the same score of 0, and no gradient: a class whose score is 0 for all
    examples never comes back, and with one output no probability is below a half. After a sigmoid or tanh scores differ by
    1 or 2 at the most, so that no answer can be sure.

    ## How it is detected
    The last operation before the loss, views looked through, is such a function, with values that span no more than {span}
    or that end at 0 on one side. Scores that are scaled after it are left out.

    ## How to fix it
    Remove the activation function after the last layer.

    ## How it is confirmed
    Train one batch without it: the loss falls below its old floor.
    """

    code: ClassVar[str] = "LOS312"
    name: ClassVar[str] = "activation-before-logits-loss"
    family: ClassVar[Family] = Family.LOSS_INPUT
    severity: ClassVar[Severity] = Severity.WARNING
    confirm_with: ClassVar[str | None] = "raw-logits"
    bad: ClassVar[str] = """
import torch
from torch import nn
torch.manual_seed(0)
x = torch.randn(600, 6)
y = (x @ torch.randn(6, 4)).argmax(1)
model = nn.Sequential(nn.Linear(6, 32), nn.ReLU(), nn.Linear(32, 4), nn.ReLU())
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for epoch in range(8):
    for rows in torch.randperm(480).split(32):
        loss = nn.functional.cross_entropy(model(x[rows]), y[rows])
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
model = nn.Sequential(nn.Linear(6, 32), nn.ReLU(), nn.Linear(32, 4), nn.Tanh())
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for epoch in range(8):
    for rows in torch.randperm(480).split(32):
        loss = nn.functional.cross_entropy(10 * model(x[rows]), y[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
model.eval()
with torch.no_grad():
    print((model(x[480:]).argmax(1) == y[480:]).float().mean().item())
"""

    span: float = 4.0  # nat, between the largest and the smallest score

    def detect(self, record: Record) -> Iterator[Finding]:
        """Yield one finding for each line."""
        if not record.losses and not record.graphs:
            raise NotApplicable("the run did not record a loss function or its graph")
        said: set[str] = set()
        for loss in losses_with_gradient(record, CLASSES, BINARY):
            kind = loss.activation.kind if loss.activation is not None else ""
            low, high = (loss.reach.low, loss.reach.high) if loss.reach is not None else (None, None)
            if kind in ("softmax", "log_softmax", "log", "exp") or (kind == "sigmoid" and loss.function == BINARY):
                continue
            bounded = low is not None and high is not None and high - low <= self.span
            place = activation_place(loss)
            if (bounded or kind in ONE_SIDED) and not lines(place) & said:
                said |= lines(place, loss.where)
                yield self.one(f"`{loss.function}`{at(loss.where)}", kind, place, loss.input.minimum, loss.input.maximum)
        for graph in record.graphs or ():
            for stack in graph.stacks:
                place = stack.inner.where or stack.where or graph.loss
                if stack.outer == "log_softmax" and self.cuts(stack.inner) and not lines(place, stack.where, graph.loss) & said:
                    said |= lines(place)
                    yield self.one(f"the log-softmax{at(stack.where)}", stack.inner.kind, place, None, None)

    def cuts(self, activation: ActivationFacts) -> bool:
        """Whether a function cuts off scores."""
        return activation.kind in (*ONE_SIDED, "sigmoid", "tanh", "hardsigmoid")

    def one(self, taker: str, kind: str, place: Where | None, low: float | None, high: float | None) -> Finding:
        """The finding."""
        values = "" if low is None or high is None else f": values from {number(low)} to {number(high)}"
        return self.finding(
            f"{taker} takes raw scores, and is given what a {kind} has cut off{values}",
            Measurement(name="smallest score", value=low),
            Measurement(name="largest score", value=high),
            where=place,
            fix=f"remove the {kind} after the last layer",
            severity=Severity.ERROR if kind == "sigmoid" else None,
            confidence=0.9,
        )
