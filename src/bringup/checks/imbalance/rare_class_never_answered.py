"""IMB301 rare-class-never-answered."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from bringup.checks.check import Check
from bringup.checks.places import loss_line
from bringup.checks.reading import percent
from bringup.errors import NotApplicable
from bringup.findings import Family, Finding, Measurement, Severity
from bringup.record import AnswersFacts, Record


@dataclass(frozen=True, kw_only=True)
class RareClassNeverAnswered(Check):
    """A rare class is hardly ever answered, though it can be told.

    ## What it detects
    A class of at most {share:.0%} of the training rows and {ratio:g} times fewer than the commonest, of whose rows the
    model finds less than {found:.0%}, while simple models that weigh all classes alike find {better:.0%} more of them and
    are better on average over classes; or less than {never:.0%}, where a metric of decisions judges them, and its own
    scores rank them well (an area of {area} under the ROC curve or more) or there are {rows} of them. Reported only where
    the loss has no weights of classes, and the answers are used as decisions.

    ## Why it is bad
    Accuracy looks excellent, because answering the commonest class always is right nearly always. The class that the
    model was built to find is missed.

    ## How it is detected
    Shares of the classes as they went into the loss, so that resampling counts; the answers on evaluated rows; logistic
    regression and trees with balanced weights, cross-validated on the training rows.

    ## How to fix it
    Give the loss weights (`pos_weight`, `weight`), sample rare rows more often, or choose another threshold; judge by
    recall and precision, not by accuracy.

    ## How it is confirmed
    Probe `weighted-classes`: the script is run again with classes that weigh alike in the loss: more answers are
    right, averaged over the classes.
    """

    code: ClassVar[str] = "IMB301"
    name: ClassVar[str] = "rare-class-never-answered"
    family: ClassVar[Family] = Family.IMBALANCE
    severity: ClassVar[Severity] = Severity.WARNING
    confirm_with: ClassVar[str | None] = "weighted-classes"
    bad: ClassVar[str] = """
import torch
from torch import nn

torch.manual_seed(0)
y = (torch.rand(3000) < 0.03).float()
x = torch.randn(3000, 6) + 1.6 * y[:, None] * torch.tensor([1.0, -0.8, 0.6, 0.0, 0.0, 0.0])
x_train, y_train, x_test, y_test = x[:2000], y[:2000], x[2000:], y[2000:]
model = nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, 1))
criterion = nn.BCEWithLogitsLoss()
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
for epoch in range(5):
    model.train()
    for rows in torch.randperm(2000).split(100):
        loss = criterion(model(x_train[rows]).squeeze(1), y_train[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
model.eval()
with torch.no_grad():
    answer = (model(x_test).squeeze(1) > 0).float()
    print("accuracy", (answer == y_test).float().mean().item())
"""
    good: ClassVar[str] = """
import torch
from torch import nn

torch.manual_seed(0)
y = (torch.rand(3000) < 0.03).float()
x = torch.randn(3000, 6) + 1.6 * y[:, None] * torch.tensor([1.0, -0.8, 0.6, 0.0, 0.0, 0.0])
x_train, y_train, x_test, y_test = x[:2000], y[:2000], x[2000:], y[2000:]
model = nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, 1))
criterion = nn.BCEWithLogitsLoss(pos_weight=(y_train == 0).sum() / y_train.sum())
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
for epoch in range(5):
    model.train()
    for rows in torch.randperm(2000).split(100):
        loss = criterion(model(x_train[rows]).squeeze(1), y_train[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
model.eval()
with torch.no_grad():
    answer = (model(x_test).squeeze(1) > 0).float()
    found = answer[y_test == 1].mean().item()
    print("balanced accuracy", (found + 1 - answer[y_test == 0].mean().item()) / 2)
"""

    share: float = 0.15
    ratio: float = 5.0
    found: float = 0.4
    better: float = 0.3
    balanced: float = 0.1  # better on average over classes
    area: float = 0.7  # under the ROC curve of the model's own scores
    never: float = 0.02  # of its rows that the model finds
    rows: int = 30  # of the class among those that judge

    def detect(self, record: Record) -> Iterator[Finding]:
        """Yield one finding a model."""
        answers = [entry for entry in record.need("answers") if entry.simple_recalls and (entry.answered or entry.recalls)]
        if not answers and not any(entry.task == "classification" for entry in record.answers or ()):
            raise NotApplicable("no class is predicted")
        if is_weighted(record) or only_ranked(record):
            return
        for answer in answers:
            for rare, share in enumerate(answer.shares):
                model, simple = recall_of(answer, rare), answer.simple_recalls[rare]
                if not 0 < share <= self.share or max(answer.shares) < self.ratio * share or model is None:
                    continue
                told = simple - model >= self.better and self.gain(answer) >= self.balanced
                decided = decides(record) and model <= self.never
                ranked = decided and ((answer.rare_area or 0.0) >= self.area or share * answer.judged_rows >= self.rows)
                if model >= self.found or not (told or ranked):
                    continue
                yield self.finding(
                    f"class {rare} is {percent(share)} of the training rows, and the model finds about {percent(model)} of it",
                    Measurement(name="share of the training rows", value=share, limit=self.share),
                    Measurement(name="share of its rows that the model finds", value=model, limit=self.found),
                    Measurement(name="share that balanced simple models find", value=simple),
                    Measurement(name="area under the ROC curve of the model's scores", value=answer.rare_area),
                    fix="give the loss weights of classes (`pos_weight`, `weight`), or sample the rare class more often",
                    where=loss_line(record),
                    confidence=0.9 if told else 0.7,
                )
                break

    def gain(self, answer: AnswersFacts) -> float:
        """How much better balanced simple models are, on average over classes."""
        pairs = [(recall_of(answer, number), simple) for number, simple in enumerate(answer.simple_recalls)]
        known = [(model, simple) for model, simple in pairs if model is not None and not math.isnan(simple)]
        return sum(simple - model for model, simple in known) / len(known) if known else 0.0


def recall_of(answer: AnswersFacts, number: int) -> float | None:
    """The share of a class's rows that the model finds: where the truth was not seen, at the most."""
    if number < len(answer.recalls):
        value = answer.recalls[number]
        return None if math.isnan(value) else value
    if number < len(answer.answered) and answer.shares[number] > 0:
        return min(1.0, answer.answered[number] / answer.shares[number])
    return None


def decides(record: Record) -> bool:
    """Whether a metric of decisions was seen."""
    scores = record.preparation.scores if record.preparation is not None else ()
    return any(score.decided for score in scores)


def is_weighted(record: Record) -> bool:
    """Whether a training loss weighs classes."""
    options = [loss.options for loss in record.losses or () if loss.training]
    return any(entry.get("weight") is not None or entry.get("pos_weight") is not None for entry in options)


def only_ranked(record: Record) -> bool:
    """Whether every metric that was seen is of scores, none of decisions."""
    scores = record.preparation.scores if record.preparation is not None else ()
    return bool(scores) and not any(score.decided for score in scores)
