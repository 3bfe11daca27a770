"""LOS301 softmax-before-cross-entropy."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from bringup.checks.check import Check
from bringup.checks.loss_reading import activation_place, at, graphs, lines, losses_with_gradient, probabilities
from bringup.checks.reading import number
from bringup.errors import NotApplicable
from bringup.findings import Family, Finding, Measurement, Severity
from bringup.record import LossFacts, Record


@dataclass(frozen=True, kw_only=True)
class SoftmaxBeforeCrossEntropy(Check):
    """Cross entropy is given probabilities, and takes the softmax a second time.

    ## What it detects
    A softmax right before a loss that contains one: `cross_entropy`, or a second softmax or log-softmax.

    ## Why it is bad
    The second softmax sees scores between 0 and 1 only. Of C classes the right one can get e / (e + C - 1) at the most, so
    the loss stays high (1.46 for ten classes) and the gradient nearly vanishes once the model is sure.

    ## How it is detected
    In the graph of the loss a log-softmax lies on a softmax with nothing but views between; or the rows of the loss's input are
    probabilities: none is negative, and they sum to 1.

    ## How to fix it
    Remove the softmax from the model and give the loss the raw scores. Where probabilities are needed, as for reporting,
    take the softmax there.

    ## How it is confirmed
    Train one batch with the input of the softmax handed to the loss: the loss falls below the old limit.
    """

    code: ClassVar[str] = "LOS301"
    name: ClassVar[str] = "softmax-before-cross-entropy"
    family: ClassVar[Family] = Family.LOSS_INPUT
    severity: ClassVar[Severity] = Severity.ERROR
    confirm_with: ClassVar[str | None] = "raw-logits"
    bad: ClassVar[str] = """
import torch
from torch import nn
torch.manual_seed(0)
x = torch.randn(600, 6)
y = (x @ torch.randn(6, 4)).argmax(1)
model = nn.Sequential(nn.Linear(6, 32), nn.ReLU(), nn.Linear(32, 4), nn.Softmax(dim=1))
loss_function = nn.CrossEntropyLoss()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for epoch in range(8):
    model.train()
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
model = nn.Sequential(nn.Linear(6, 32), nn.ReLU(), nn.Linear(32, 4))
loss_function = nn.CrossEntropyLoss()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for epoch in range(8):
    model.train()
    for rows in torch.randperm(480).split(32):
        loss = loss_function(model(x[rows]), y[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
model.eval()
with torch.no_grad():
    print(torch.softmax(model(x[480:]), dim=1).max(1).values.mean().item())
"""

    def detect(self, record: Record) -> Iterator[Finding]:
        """Yield one finding for each line."""
        if not record.losses and not record.graphs:
            raise NotApplicable("the run did not record a loss function or its graph")
        said: set[str] = set()
        for loss in losses_with_gradient(record, "cross_entropy"):
            if (loss.activation is not None and loss.activation.kind == "softmax") or probabilities(loss):
                said |= lines(loss.where, activation_place(loss))
                yield self.of_loss(loss)
        for graph in graphs(record) if record.graphs else ():
            for stack in graph.stacks:
                place = stack.inner.where or stack.where or graph.loss
                if (
                    stack.inner.kind != "softmax"
                    or stack.outer not in ("softmax", "log_softmax")
                    or lines(place, stack.where) & said
                ):
                    continue
                said |= lines(place)
                yield self.finding(
                    f"a {stack.outer}{at(stack.where)} is taken of a softmax: the scores it sees lie between 0 and 1",
                    Measurement(name="functions that normalise the scores", value=2, limit=1),
                    where=place,
                    fix="take the softmax once: remove this one",
                )

    def of_loss(self, loss: LossFacts) -> Finding:
        """The finding for a call of cross entropy."""
        facts = loss.classes
        high = facts.sum_maximum if facts is not None else None
        return self.finding(
            f"cross entropy{at(loss.where)} is given probabilities (rows sum to {number(high or 1.0)}), and takes the "
            "softmax again",
            Measurement(
                name="smallest sum of a row of the loss's input", value=facts.sum_minimum if facts is not None else None
            ),
            Measurement(name="largest sum of a row of the loss's input", value=high),
            Measurement(name="first loss", value=loss.value, step=loss.step),
            where=activation_place(loss),
            fix="remove the softmax before the loss: cross entropy takes raw scores",
            confidence=0.99,
        )
