"""CAP303 too-large-for-rows."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from bringup.checks.check import Check
from bringup.checks.reading import number, percent
from bringup.errors import NotApplicable
from bringup.findings import Family, Finding, Measurement, Severity, Where
from bringup.record import AnswersFacts, Record


@dataclass(frozen=True, kw_only=True)
class TooLargeForRows(Check):
    """The model has far more weights than there are rows, knows these by heart, and answers new ones worse than a simple model.

    ## What it detects
    A training loss near 0, {times} times as many weights as rows or more, and answers to rows that were not trained on that a
    simple model beats by more than chance.

    ## Why it is bad
    What it has learned by heart is the noise of the training rows. Training on makes it worse.

    ## How it is detected
    The loss of the last steps (a cross entropy, or a squared error) is below {left} of what the best answer without a look at
    the inputs leaves. On evaluated rows, a simple model that was fitted on the same training rows is better by {better} (share
    of right answers, or R²) and by {errors} standard errors.

    ## How to fix it
    Take a smaller model, or stop by a validation loss; add weight decay or dropout; get more rows.

    ## How it is confirmed
    By the simple model: it was fitted on the same rows.
    """

    code: ClassVar[str] = "CAP303"
    name: ClassVar[str] = "too-large-for-rows"
    family: ClassVar[Family] = Family.CAPACITY
    severity: ClassVar[Severity] = Severity.WARNING
    bad: ClassVar[str] = """
import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(900, 10)
y = x @ torch.linspace(1, 0.1, 10) / 2 + torch.randn(900)
x_train, y_train, x_test, y_test = x[:300], y[:300], x[300:], y[300:]
model = nn.Sequential(nn.Linear(10, 256), nn.ReLU(), nn.Linear(256, 256), nn.ReLU(), nn.Linear(256, 1), nn.Flatten(0))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
for epoch in range(80):
    for rows in torch.randperm(300).split(30):
        loss = nn.functional.mse_loss(model(x_train[rows]), y_train[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
model.eval()
with torch.no_grad():
    print(nn.functional.mse_loss(model(x_test), y_test).item())
"""
    good: ClassVar[str] = """
import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(900, 10)
y = x @ torch.linspace(1, 0.1, 10) / 2 + torch.randn(900)
x_train, y_train, x_test, y_test = x[:300], y[:300], x[300:], y[300:]
model = nn.Sequential(nn.Linear(10, 256), nn.ReLU(), nn.Linear(256, 256), nn.ReLU(), nn.Linear(256, 1), nn.Flatten(0))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
for epoch in range(4):
    for rows in torch.randperm(300).split(30):
        loss = nn.functional.mse_loss(model(x_train[rows]), y_train[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
model.eval()
with torch.no_grad():
    print(nn.functional.mse_loss(model(x_test), y_test).item())
"""

    times: float = 20.0
    left: float = 0.1
    better: float = 0.1
    errors: float = 2.0

    def detect(self, record: Record) -> Iterator[Finding]:
        """Yield one finding a model."""
        judged = [facts for facts in record.need("answers") if facts.model is not None and facts.simple is not None]
        weights = record.need("weights")
        if not judged:
            raise NotApplicable("no evaluated row has a known truth, or all are answered well")
        size = sum(math.prod(entry.shape) for entry in weights)
        for facts in judged:
            left = self.left_over(record, facts)
            if left is None or left > self.left or size < self.times * facts.rows or not self.beaten(facts):
                continue
            yield self.finding(
                f"{size:,} weights know {facts.rows:,} rows by heart ({percent(left)} of the loss is left), and new rows are "
                f"answered better by {facts.simple_name}: {number(facts.simple or 0.0)} against {number(facts.model or 0.0)}",
                Measurement(name="weights", value=size, limit=self.times * facts.rows),
                Measurement(name="training rows", value=facts.rows),
                Measurement(name="share of the training loss that is left", value=left, limit=self.left),
                Measurement(name="score of the model on new rows", value=facts.model),
                Measurement(name="score of simple models on new rows", value=facts.simple),
                fix="take a smaller model, stop by a validation loss, or add weight decay or dropout",
                where=self.place(record),
                confidence=0.7,
            )

    def left_over(self, record: Record, facts: AnswersFacts) -> float | None:
        """The last training loss as a share of that of the best answer that does not look at the inputs."""
        if facts.task == "regression" and not all(loss.function == "mse_loss" for loss in record.losses or () if loss.training):
            return None
        whole = facts.entropy if facts.task == "classification" else (facts.target_std or 0.0) ** 2
        return facts.loss / whole if facts.loss is not None and whole else None

    def beaten(self, facts: AnswersFacts) -> bool:
        """Whether a simple model is better, beyond chance."""
        return (facts.simple or 0.0) - (facts.model or 0.0) >= max(self.better, self.errors * facts.error)

    def place(self, record: Record) -> Where | None:
        """The line that builds the largest layer."""
        largest = max(record.weights or (), key=lambda entry: math.prod(entry.shape), default=None)
        return None if largest is None else largest.where
