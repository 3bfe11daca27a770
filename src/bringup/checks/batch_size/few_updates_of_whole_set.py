"""BAT302 few-updates-of-whole-set."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from bringup.checks.check import Check
from bringup.checks.reading import number
from bringup.errors import NotApplicable
from bringup.findings import Family, Finding, Measurement, Severity, Where
from bringup.record import AnswersFacts, CallFacts, Record, Series


@dataclass(frozen=True, kw_only=True)
class FewUpdatesOfWholeSet(Check):
    """Every update uses all rows at once, and there are so few updates that training ends long before it is done.

    ## What it detects
    A batch that holds the whole training set, a number of updates in the tens, and a loss that is still falling at the end,
    while a simple model on the same rows answers better.

    ## Why it is bad
    An epoch is one update then. Twenty epochs, which are plenty with batches of 32, are twenty small steps from where the
    weights began.

    ## How it is detected
    A call of the model holds {whole} or more of all training rows, at most {updates} updates are made, the last fifth of them
    takes {fall} or more off the loss, and a simple model is better by {behind} (share of right answers, or R²).

    ## How to fix it
    Use batches of 16 to 256 rows, or train for many more epochs.

    ## How it is confirmed
    Train on, for three times as many updates: the loss gets much further down.
    """

    code: ClassVar[str] = "BAT302"
    name: ClassVar[str] = "few-updates-of-whole-set"
    family: ClassVar[Family] = Family.BATCH_SIZE
    severity: ClassVar[Severity] = Severity.WARNING
    confirm_with: ClassVar[str | None] = "longer-training"
    bad: ClassVar[str] = """
import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(800, 8)
y = x @ torch.randn(8) + torch.sin(3 * x[:, 0])
model = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 1), nn.Flatten(0))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
for epoch in range(25):
    loss = nn.functional.mse_loss(model(x[:640]), y[:640])
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
with torch.no_grad():
    print(nn.functional.mse_loss(model(x[640:]), y[640:]).item())
"""
    good: ClassVar[str] = """
import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(800, 8)
y = x @ torch.randn(8) + 0.1 * torch.randn(800)
model = nn.Linear(8, 1)
optimizer = torch.optim.LBFGS(model.parameters(), lr=0.5)
for epoch in range(25):
    def closure():
        optimizer.zero_grad()
        loss = nn.functional.mse_loss(model(x[:640]).squeeze(1), y[:640])
        loss.backward()
        return loss
    optimizer.step(closure)
with torch.no_grad():
    print(nn.functional.mse_loss(model(x[640:]).squeeze(1), y[640:]).item())
"""

    whole: float = 0.95  # of the training rows, in one call
    updates: int = 100
    fewest: int = 5
    fall: float = 0.02  # of the last loss
    behind: float = 0.05  # of the score of a simple model
    rows: int = 100  # fewer are well served by one batch

    def detect(self, record: Record) -> Iterator[Finding]:
        """Yield at most one finding."""
        losses = record.need_series("step/loss", length=self.fewest)
        steps = record.need("program").steps
        falling = self.still_falling(losses)
        if steps > self.updates or falling is None:
            return
        for call in record.need("calls"):
            answers = next((entry for entry in record.answers or () if entry.site == call.site), None)
            if call.use != "train" or answers is None or not self.holds_all(record, call):
                continue
            behind = self.lag(answers)
            if behind is None or behind < self.behind:
                continue
            yield self.finding(
                f"{steps} updates are made, each with all {round(call.rows / call.calls)} rows; the loss is still falling at "
                f"{number(losses.values[-1])}, and simple models are better by {number(behind)}",
                Measurement(name="updates", value=steps, limit=self.updates),
                Measurement(name="rows in a batch", value=round(call.rows / call.calls), unit="rows"),
                Measurement(name="fall of the loss over the last fifth", value=falling, limit=self.fall),
                Measurement(name="score of a simple model above the model's", value=behind, limit=self.behind),
                where=self.place(record, call),
                fix="use batches of 16 to 256 rows, or train for many more epochs",
                confidence=0.8,
            )
            return

    def still_falling(self, losses: Series) -> float | None:
        """How much of the last loss the last fifth of the updates took off; None where that is nothing to speak of."""
        values = losses.values
        before, last = values[-1 - max(1, len(values) // 5)], values[-1]
        share = (before - last) / abs(last) if last else 0.0
        return share if share >= self.fall else None

    def holds_all(self, record: Record, call: CallFacts) -> bool:
        """Whether each call holds all training rows.

        Raises:
            NotApplicable: if no rows were kept.
        """
        kept = next((entry for entry in record.input_rows or () if entry.site == call.site), None)
        if kept is None:
            raise NotApplicable("no rows that the model was trained on were kept")
        each = call.rows / max(call.calls, 1)
        return each >= self.rows and each >= self.whole * kept.distinct_rows and kept.distinct_rows >= self.rows

    def lag(self, answers: AnswersFacts) -> float | None:
        """By how much a simple model is better, on rows that judge, else on training rows."""
        if answers.model is not None and answers.simple is not None and answers.simple > answers.chance:
            return answers.simple - answers.model
        if answers.own_score is None or answers.loss is None or answers.task != "regression" or not answers.target_std:
            return None
        return answers.own_score - (1 - answers.loss / answers.target_std**2)

    def place(self, record: Record, call: CallFacts) -> Where | None:
        """The line that sets the size of a batch, where a call of `fit` or a loader names it; else that of the model's call."""
        source = next((entry for entry in record.sources or () if entry.site == call.site), None)
        return (source.batch_size if source is not None else None) or call.where
