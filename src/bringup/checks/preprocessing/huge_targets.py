"""PRE305 huge-targets."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from bringup.checks.check import Check
from bringup.checks.places import target_line
from bringup.checks.reading import number
from bringup.errors import NotApplicable
from bringup.findings import Family, Finding, Fix, Measurement, Severity
from bringup.record import AnswersFacts, Record


@dataclass(frozen=True, kw_only=True)
class HugeTargets(Check):
    """The amounts to be predicted are far larger than what the model can reach.

    ## What it detects
    A regression whose targets have a mean or a standard deviation of {size:g} or more, where the model explains less than
    {explained:.0%} of their variance at the end, and simple models explain {better} more.

    ## Why it is bad
    A new model answers with numbers of size 1, and every step moves its answers by little. The loss is huge, its
    gradients as well; the last bias would have to walk a long way before anything else is learned.

    ## How it is detected
    The targets of the training, the answers on rows that were not trained on, and ridge regression, neighbours and trees
    on the same rows. A model that multiplies by a scale of its own learns, and is not reported.

    ## How to fix it
    Subtract the mean of the training targets and divide by their standard deviation, and undo it for predictions.

    ## How it is confirmed
    Training again with standardised targets: the explained variance rises.
    """

    code: ClassVar[str] = "PRE305"
    name: ClassVar[str] = "huge-targets"
    family: ClassVar[Family] = Family.PREPROCESSING
    severity: ClassVar[Severity] = Severity.ERROR
    confirm_with: ClassVar[str | None] = "standardised-target"
    bad: ClassVar[str] = """
import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(600, 6)
rooms = (x[:, :3].sum(1) + 0.1 * torch.randn(600))[:, None]
price = 250000 + 60000 * rooms
x_train, y_train, x_test, y_test = x[:400], price[:400], x[400:], price[400:]
model = nn.Sequential(nn.Linear(6, 32), nn.ReLU(), nn.Linear(32, 1))
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
for epoch in range(15):
    model.train()
    for rows in torch.randperm(400).split(40):
        loss = nn.functional.mse_loss(model(x_train[rows]), y_train[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
model.eval()
with torch.no_grad():
    print("mse", nn.functional.mse_loss(model(x_test), y_test).item())
"""
    good: ClassVar[str] = """
import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(600, 6)
rooms = (x[:, :3].sum(1) + 0.1 * torch.randn(600))[:, None]
price = 250000 + 60000 * rooms
mean, std = price[:400].mean(), price[:400].std()
x_train, y_train, x_test, y_test = x[:400], (price[:400] - mean) / std, x[400:], price[400:]
model = nn.Sequential(nn.Linear(6, 32), nn.ReLU(), nn.Linear(32, 1))
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
for epoch in range(15):
    model.train()
    for rows in torch.randperm(400).split(40):
        loss = nn.functional.mse_loss(model(x_train[rows]), y_train[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
model.eval()
with torch.no_grad():
    answer = model(x_test)
    print("error in currency", (answer * std + mean - y_test).abs().mean().item())
    print("mse", nn.functional.mse_loss(answer, (y_test - mean) / std).item())
"""

    size: float = 20.0  # a standardised target has mean 0 and deviation 1
    explained: float = 0.5  # of the variance
    better: float = 0.3  # of the variance

    def detect(self, record: Record) -> Iterator[Finding]:
        """Yield one finding a model."""
        amounts = [answer for answer in record.need("answers") if answer.task == "regression" and answer.target_std is not None]
        if not amounts:
            raise NotApplicable("no amount is predicted")
        for answer in amounts:
            size = max(abs(answer.target_mean or 0.0), answer.target_std or 0.0)
            model, simple = explained(answer), max(answer.simple or 0.0, answer.own_score or 0.0)
            if size < self.size or model is None or model >= self.explained or simple - model < self.better:
                continue
            yield self.finding(
                f"the targets are of size {number(size)}, and the model explains {number(max(round(model, 3), -1e9))} of their "
                f"variance; simple models explain {number(round(simple, 3))}",
                Measurement(name="mean of the targets", value=answer.target_mean, limit=self.size),
                Measurement(name="standard deviation of the targets", value=answer.target_std, limit=self.size),
                Measurement(name="explained variance", value=model, limit=self.explained),
                Measurement(name="explained variance of simple models", value=simple),
                fix=Fix(title="standardise the targets, and undo it for predictions", applicability="unsafe"),
                where=target_line(record, answer.site),
                confidence=0.9,
            )


def explained(answer: AnswersFacts) -> float | None:
    """The share of the variance that the model explains: on judging rows, else by its last loss if that is a squared error."""
    if answer.model is not None:
        return answer.model
    if answer.loss is None or not answer.target_std:
        return None
    return 1 - answer.loss / answer.target_std**2
