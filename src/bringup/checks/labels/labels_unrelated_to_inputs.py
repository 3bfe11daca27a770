"""LAB301 labels-unrelated-to-inputs."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from bringup.checks.check import Check
from bringup.checks.places import target_line
from bringup.checks.reading import number, percent
from bringup.findings import Family, Finding, Measurement, Severity, Where
from bringup.record import AnswersFacts, Record


@dataclass(frozen=True, kw_only=True)
class LabelsUnrelatedToInputs(Check):
    """The labels have nothing to do with the inputs.

    ## What it detects
    At least {rows} different training rows whose labels cannot be told from their inputs: logistic regression,
    neighbours and trees, cross-validated, stay within {errors} standard errors of the commonest class (amounts: explain
    less than {explained:.0%}), and the model itself does no better on rows that it was not trained on. Where one of two classes
    is rare, recalls and ranks count instead. Of several labels a row, the one that goes most with some input is looked at.

    ## Why it is bad
    There is nothing to learn but the rows by heart. Mostly inputs and labels were shuffled, sorted or joined apart from
    each other, so that they no longer belong together.

    ## How it is detected
    Inputs and targets are taken as they reach the model and the loss. That the model fails alone says little; that simple
    models of three kinds fail on the same rows, too, says that it is the data. Images and sequences, which simple models
    read badly, are a warning with less confidence. Two shuffles before the training make it sure.

    ## How to fix it
    Shuffle inputs and labels by one permutation; join them by a key.

    ## How it is confirmed
    Probe `shuffled-labels`: the script is run again three times with labels shuffled over the rows: where its loss
    falls as far as with the true ones, inputs tell nothing of labels.
    """

    code: ClassVar[str] = "LAB301"
    name: ClassVar[str] = "labels-unrelated-to-inputs"
    family: ClassVar[Family] = Family.LABELS
    severity: ClassVar[Severity] = Severity.ERROR
    confirm_with: ClassVar[str | None] = "shuffled-labels"
    bad: ClassVar[str] = """
import numpy as np
import torch
from torch import nn

np.random.seed(0)
torch.manual_seed(0)
x = np.random.normal(size=(900, 8)).astype("float32")
y = (x[:, :4].sum(1) > 0).astype("int64")
np.random.shuffle(x)
np.random.shuffle(y)
x, y = torch.from_numpy(x), torch.from_numpy(y)
x_train, y_train, x_test, y_test = x[:600], y[:600], x[600:], y[600:]
model = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 2))
optimizer = torch.optim.Adam(model.parameters(), lr=0.003)
for epoch in range(6):
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
import numpy as np
import torch
from torch import nn

np.random.seed(0)
torch.manual_seed(0)
x = np.random.normal(size=(900, 8)).astype("float32")
y = (x[:, :4].sum(1) > 0).astype("int64")
order = np.random.permutation(900)
x, y = torch.from_numpy(x[order]), torch.from_numpy(y[order])
x_train, y_train, x_test, y_test = x[:600], y[:600], x[600:], y[600:]
model = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 2))
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
for epoch in range(10):
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

    rows: int = 200
    errors: float = 2.5
    explained: float = 0.03
    near: float = 0.9  # of the loss of a guess, where no truth was seen on other rows
    balanced: float = 0.8  # share of the commonest class, beyond which accuracy tells too little
    rare: int = 50  # rows of the other one

    def detect(self, record: Record) -> Iterator[Finding]:
        """Yield one finding a model."""
        for answer in record.need("answers"):
            if not self.is_unrelated(answer):
                continue
            shuffles = record.preparation.shuffles if record.preparation is not None else ()
            score, model, guess = self.scores(answer)
            flat = answer.flat
            yield self.finding(
                f"the targets cannot be told from the inputs: simple models reach {self.say(answer, score, guess)}, and the "
                f"model {self.say(answer, model, guess) if model is not None else 'no more than a guess'}",
                Measurement(name="score of simple models, cross-validated", value=score, limit=guess),
                Measurement(name="score of the model on other rows", value=model, limit=guess),
                Measurement(name="score of a guess", value=guess),
                Measurement(name="training rows", value=answer.rows, unit="row", limit=self.rows),
                fix="keep inputs and labels together: one permutation for both",
                where=shuffle_line(shuffles) or target_line(record, answer.site),
                severity=Severity.ERROR if flat or len(shuffles) > 1 else Severity.WARNING,
                confidence=0.95 if len(shuffles) > 1 else 0.85 if flat else 0.6,
            )

    def is_unrelated(self, answer: AnswersFacts) -> bool:
        """Whether neither simple models nor the model do better than a guess, on enough rows to tell."""
        if answer.rows < self.rows or answer.own_score is None:
            return False
        if answer.task == "regression":
            fails = answer.own_score < self.explained and (answer.simple is None or answer.simple < self.explained)
            spread = (answer.target_std or 0.0) ** 2
            own = answer.model < self.explained if answer.model is not None else (answer.loss or 0.0) > self.near * spread > 0
            return fails and own
        common = max(answer.shares, default=1.0)
        if common > self.balanced:
            return self.is_unrelated_though_uneven(answer)
        margin = self.errors * math.sqrt(common * (1 - common) / answer.rows)
        fails = answer.own_score < common + margin
        if answer.model is None:
            return fails and (answer.loss or 0.0) > self.near * (answer.entropy or math.inf)
        limit = answer.chance + self.errors * answer.error
        return fails and answer.model < limit and (answer.simple is None or answer.simple < limit)

    def is_unrelated_though_uneven(self, answer: AnswersFacts) -> bool:
        """The same of two classes of which one is rare, where accuracy tells little: by the recalls of balanced models, and by
        how the model itself ranks the rows."""
        if len(answer.shares) != 2 or len(answer.simple_recalls) != 2 or answer.rare_area is None:
            return False
        rare, judged = answer.rows * min(answer.shares), answer.judged_rows * min(answer.shares)
        if min(rare, judged) < self.rare:
            return False
        half, area = math.sqrt(0.25 * 0.25 / rare), math.sqrt(1 / (12 * judged))  # standard errors, those of the rare class
        by_chance = abs(sum(answer.simple_recalls) / 2 - 0.5) < self.errors * half
        return by_chance and abs(answer.rare_area - 0.5) < self.errors * area

    def scores(self, answer: AnswersFacts) -> tuple[float, float | None, float]:
        """What simple models, the model and a guess reach: accuracy, or, where a class is rare, mean recall and area."""
        if answer.task == "classification" and max(answer.shares, default=1.0) > self.balanced:
            return sum(answer.simple_recalls) / 2, answer.rare_area, 0.5
        return answer.own_score or 0.0, answer.model, answer.chance

    def say(self, answer: AnswersFacts, score: float, guess: float) -> str:
        """A score in words."""
        if answer.task == "regression":
            return f"an explained variance of {number(round(score, 3))}"
        kind = " of both classes" if guess != answer.chance else ""
        return f"{percent(score)}{kind} (a guess: {percent(guess)})"


def shuffle_line(shuffles: tuple[Where, ...]) -> Where | None:
    """The last line that shuffled."""
    return shuffles[-1] if shuffles else None
