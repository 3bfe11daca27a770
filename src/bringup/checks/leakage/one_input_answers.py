"""LEK301 one-input-answers."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from bringup.checks.check import Check
from bringup.checks.places import input_line
from bringup.checks.reading import percent
from bringup.errors import NotApplicable
from bringup.findings import Family, Finding, Measurement, Severity
from bringup.record import AnswersFacts, Record


@dataclass(frozen=True, kw_only=True)
class OneInputAnswers(Check):
    """One of the inputs alone gives the answer, and the others do not.

    ## What it detects
    An input that alone explains {full:.0%} of the target on rows that the rule was not fitted to, while simple models of
    all other inputs explain something, but at most {rest:.0%}. Explained means: accuracy beyond the commonest class as a
    share of what is left, or R².

    ## Why it is bad
    Such an input often exists only once the answer is known (a date of cancellation, a number of reminders). The score is
    perfect, and worthless where the model is used.

    ## How it is detected
    A small tree on each input, fitted on one half of the training rows and judged on the other; then simple models
    without the best input. The others may explain more where evaluated rows were seen in which this input, and none of {inputs}
    or more others, is distributed otherwise: where the model is used, the value is not there yet.

    ## How to fix it
    Ask when this value is recorded. If it is after the moment of prediction, leave it out.

    ## How it is confirmed
    Probe `without-input`: the script is run again with this input held at its mean: the answers are much worse.
    """

    code: ClassVar[str] = "LEK301"
    name: ClassVar[str] = "one-input-answers"
    family: ClassVar[Family] = Family.LEAKAGE
    severity: ClassVar[Severity] = Severity.WARNING
    confirm_with: ClassVar[str | None] = "without-input"
    bad: ClassVar[str] = """
import torch
from torch import nn

torch.manual_seed(0)
facts = torch.randn(900, 5)
y = (facts[:, :3].sum(1) + 2 * torch.randn(900) > 0).long()
reminders = 2.0 * y + 0.3 * torch.randn(900)
x = torch.cat([facts, reminders[:, None]], dim=1)
x_train, y_train, x_test, y_test = x[:600], y[:600], x[600:], y[600:]
model = nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, 2))
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
for epoch in range(12):
    model.train()
    for rows in torch.randperm(600).split(40):
        loss = nn.functional.cross_entropy(model(x_train[rows]), y_train[rows])
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

torch.manual_seed(0)
x = torch.randn(900, 6)
y = (x[:, :3].sum(1) + 1.5 * x[:, 3] + 0.3 * torch.randn(900) > 0).long()
x_train, y_train, x_test, y_test = x[:600], y[:600], x[600:], y[600:]
model = nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, 2))
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
for epoch in range(12):
    model.train()
    for rows in torch.randperm(600).split(40):
        loss = nn.functional.cross_entropy(model(x_train[rows]), y_train[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
model.eval()
with torch.no_grad():
    print("accuracy", (model(x_test).argmax(1) == y_test).float().mean().item())
"""

    full: float = 0.97
    rest: float = 0.7
    something: float = 0.08  # explained by the others: in real data they are related to the target
    rows: int = 200
    inputs: int = 3

    def detect(self, record: Record) -> Iterator[Finding]:
        """Yield one finding a model."""
        judged = [answer for answer in record.need("answers") if answer.feature is not None]
        if not judged:
            raise NotApplicable("the inputs are no table of a few columns")
        for answer in judged:
            alone = explained(answer, answer.feature_score)
            without = explained(answer, answer.without_score)
            if answer.rows < self.rows or alone is None or without is None or alone < self.full:
                continue
            gone = self.is_gone(record, answer)
            if not (self.something <= without <= self.rest or gone):
                continue
            yield self.finding(
                f"input {answer.feature} alone explains {percent(alone)} of the target, all others {percent(without)}"
                + ("; among rows that are evaluated it is distributed otherwise, and no other input is" if gone else ""),
                Measurement(name="explained by this input alone", value=alone, limit=self.full),
                Measurement(name="explained by all others", value=without, limit=self.rest),
                Measurement(name="number of the input", value=answer.feature),
                fix="leave the input out if it is recorded after the moment of prediction",
                where=input_line(record, answer.site),
                confidence=0.9 if gone else 0.75,
            )

    def is_gone(self, record: Record, answer: AnswersFacts) -> bool:
        """Whether this input, and no other, is distributed otherwise where the model is used."""
        own = [part for part in record.parts or () if part.train == answer.site]
        return any(part.otherwise_there == (answer.feature,) and part.features >= self.inputs for part in own)


def explained(answer: AnswersFacts, score: float | None) -> float | None:
    """The share of the target that a score explains, beyond the commonest class."""
    if score is None or answer.task == "regression":
        return score
    common = max(answer.shares, default=1.0)
    return None if common >= 1 else (score - common) / (1 - common)
