"""ORD301 trained-in-order-of-labels."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from bringup.checks.check import Check
from bringup.checks.places import call_of, source_of
from bringup.checks.reading import number
from bringup.findings import Family, Finding, Fix, Measurement, Severity, Where
from bringup.record import AnswersFacts, LabelOrderFacts, Record


@dataclass(frozen=True, kw_only=True)
class TrainedInOrderOfLabels(Check):
    """Training goes through the labels one after the other.

    ## What it detects
    Neighbouring labels that agree by {alike} or more beyond chance (Cohen's kappa), in runs of more than {run:g} batches
    each, or batches with less than {mixed:.0%} of the labels that shuffled batches would hold; a warning where the
    training is hurt by it: simple models do better by {better}, or one answer is {one:.0%} more common than any truth, or
    no evaluation was seen to tell. A note where the model does well all the same.

    ## Why it is bad
    Each batch holds one label, so the model learns to answer it always, and forgets the labels before. The loss falls
    within a run and jumps at each change; at the end the model answers the label that came last.

    ## How it is detected
    The labels of the training are kept in the order in which they went into the loss. Batches that alternate between two
    kinds (real and generated) are no runs.

    ## How to fix it
    `shuffle=True`, or a new permutation for each epoch.

    ## How it is confirmed
    Probe `shuffled-data`: the script is run again with its training rows in random order.
    """

    code: ClassVar[str] = "ORD301"
    name: ClassVar[str] = "trained-in-order-of-labels"
    family: ClassVar[Family] = Family.ORDER
    severity: ClassVar[Severity] = Severity.ERROR
    confirm_with: ClassVar[str | None] = "shuffled-data"
    bad: ClassVar[str] = """
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
y = torch.arange(8).repeat_interleave(75)
x = torch.randn(600, 8) + torch.randn(8, 8)[y]
held_out = torch.arange(600) % 3 == 0
train = DataLoader(TensorDataset(x[~held_out], y[~held_out]), batch_size=15)
x_test, y_test = x[held_out], y[held_out]
model = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 8))
optimizer = torch.optim.SGD(model.parameters(), lr=0.03, momentum=0.9)
for epoch in range(12):
    model.train()
    for xb, yb in train:
        loss = nn.functional.cross_entropy(model(xb), yb)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
model.eval()
with torch.no_grad():
    print("accuracy", (model(x_test).argmax(1) == y_test).float().mean().item())
"""
    good: ClassVar[str] = """
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
y = torch.arange(5).repeat_interleave(120)
x = torch.randn(600, 8) + torch.randn(5, 8)[y]
held_out = torch.arange(600) % 3 == 0
train = DataLoader(TensorDataset(x[~held_out], y[~held_out]), batch_size=20, shuffle=True)
x_test, y_test = x[held_out], y[held_out]
model = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 5))
optimizer = torch.optim.SGD(model.parameters(), lr=0.02, momentum=0.9)
for epoch in range(12):
    model.train()
    for xb, yb in train:
        loss = nn.functional.cross_entropy(model(xb), yb)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
model.eval()
with torch.no_grad():
    print("accuracy", (model(x_test).argmax(1) == y_test).float().mean().item())
"""

    alike: float = 0.8
    mixed: float = 0.6  # of the labels of a shuffled batch
    run: float = 1.5  # batches of one label that follow each other
    better: float = 0.08  # accuracy
    one: float = 0.2  # of the evaluated rows

    def detect(self, record: Record) -> Iterator[Finding]:
        """Yield one finding a training place."""
        answers = {answer.site: answer for answer in record.answers or ()}
        for order in record.need("label_order"):
            runs = order.run_rows > self.run * order.batch_rows
            poor = order.labels_a_batch < self.mixed * order.labels_a_batch_by_chance
            if not runs or not (order.neighbours >= self.alike or (poor and order.neighbours >= self.alike / 2)):
                continue
            hurt = self.is_hurt(order, answers.get(order.site))
            known = hurt is not None
            yield self.finding(
                f"labels come in runs of {number(round(order.run_rows, 1))} rows: a batch of {number(order.batch_rows)} holds "
                f"{number(round(order.labels_a_batch, 2))} of {order.classes} labels",
                Measurement(name="rows of one label in a row", value=order.run_rows, limit=self.run * order.batch_rows),
                Measurement(name="agreement of neighbouring labels beyond chance", value=order.neighbours, limit=self.alike),
                Measurement(name="labels a batch", value=order.labels_a_batch),
                Measurement(name="labels a batch if shuffled", value=order.labels_a_batch_by_chance),
                fix=Fix(title="shuffle the training rows in every epoch (`shuffle=True`)", applicability="safe"),
                where=order_line(record, order.site),
                severity=Severity.ERROR if hurt or (not known and order.returns) else Severity.NOTE,
                confidence=0.95 if hurt else 0.7,
            )

    def is_hurt(self, order: LabelOrderFacts, answer: AnswersFacts | None) -> bool | None:
        """Whether the training suffers; None where nothing tells."""
        if order.answers_alike is not None and order.answers_alike >= self.one:
            return True
        if answer is None or answer.model is None:
            return None
        best = answer.simple if answer.simple is not None else answer.own_score
        return best is not None and best - answer.model >= self.better


def order_line(record: Record, site: int) -> Where | None:
    """The line that builds the loader, else the call of the model."""
    source, call = source_of(record, site), call_of(record, site)
    return source.loader or (call.where if call is not None else None)
