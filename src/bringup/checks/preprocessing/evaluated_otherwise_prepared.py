"""PRE302 evaluated-otherwise-prepared."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from bringup.checks.check import Check
from bringup.checks.places import input_line, source_of
from bringup.checks.reading import number, percent
from bringup.findings import Family, Finding, Measurement, Severity
from bringup.record import PartsFacts, Record


@dataclass(frozen=True, kw_only=True)
class EvaluatedOtherwisePrepared(Check):
    """Evaluated rows are prepared in another way than training rows.

    ## What it detects
    Evaluated rows that were not trained on and that one model gets in another scale than its training rows:
    - one of the two is standardised and the other is not: most features lie more than one standard deviation away, and
      their scales differ among each other by a factor of {scales:g} or more, or nearly all features lie far away;
    - or one scale and one offset, the same for all features, turn training rows into evaluated ones (a missing division
      by 255, a missing `Normalize`): a scale off by {factor:g} times, or an offset over {offset:g} standard deviations.

    ## Why it is bad
    The model is asked about inputs unlike any that it learned from. Training looks perfect and the test score is at
    chance.

    ## How it is detected
    Means and standard deviations of every feature, as the model gets them, in rows that were trained on and in rows that
    were not. Rows of another period or place shift, too, but not all features at once by many standard deviations, nor
    all by the same scale. Where another evaluation of the model gets rows like those of the training, nothing is
    reported: the other one is different on purpose.

    ## How to fix it
    Use the transformation that was fitted on the training rows, on every row that goes into the model.

    ## How it is confirmed
    Probe `same-preparation`: the script is run again with evaluated rows scaled like the training rows: more of its
    answers are right.
    """

    code: ClassVar[str] = "PRE302"
    name: ClassVar[str] = "evaluated-otherwise-prepared"
    family: ClassVar[Family] = Family.PREPROCESSING
    severity: ClassVar[Severity] = Severity.ERROR
    confirm_with: ClassVar[str | None] = "same-preparation"
    bad: ClassVar[str] = """
import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(600, 8) * torch.tensor([1.0, 2, 5, 0.1, 3, 40, 9, 0.5]) + torch.tensor([9.0, 7, 30, 0.4, 1, 300, 50, 2])
mean, std = x[:400].mean(0), x[:400].std(0)
y = (((x - mean) / std)[:, :4].sum(1) > 0).long()
x_train, y_train = (x[:400] - mean) / std, y[:400]
x_test, y_test = x[400:].clone(), y[400:]
model = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 2))
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
for epoch in range(15):
    model.train()
    for rows in torch.randperm(400).split(40):
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
x = torch.randn(600, 8) * torch.tensor([1.0, 2, 5, 0.1, 3, 40, 9, 0.5]) + torch.tensor([9.0, 7, 30, 0.4, 1, 300, 50, 2])
mean, std = x[:400].mean(0), x[:400].std(0)
x = (x - mean) / std
y = (x[:, :4].sum(1) > 0).long()
x_train, y_train, x_test, y_test = x[:400], y[:400], x[400:], y[400:]
model = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 2))
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
for epoch in range(15):
    model.train()
    for rows in torch.randperm(400).split(40):
        loss = nn.functional.cross_entropy(model(x_train[rows]), y_train[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
model.eval()
with torch.no_grad():
    print("accuracy", (model(x_test).argmax(1) == y_test).float().mean().item())
    print("sensor 6 drifts", (model(x_test + 2 * torch.eye(8)[5]).argmax(1) == y_test).float().mean().item())
"""

    shifted: float = 0.5  # of the features, by more than one standard deviation
    scales: float = 20.0  # ratio of the largest to the smallest change of scale
    all_shifted: float = 0.75  # of the features, where their scales do not tell
    median_shift: float = 2.5  # training standard deviations
    standardised: float = 0.9  # of the features have mean 0 and deviation 1
    factor: float = 1.5
    offset: float = 0.6  # training standard deviations
    residual: float = 0.25  # standard deviations that one scale and offset leave unexplained
    alike: float = 0.98  # correlation of the standard deviations of features
    together: float = 0.9  # correlation of features that are one quantity
    different: float = 0.2  # spread of the logarithms of the deviations of features: of equal ones none tells

    def detect(self, record: Record) -> Iterator[Finding]:
        """Yield one finding for each evaluation."""
        for part in record.need("parts"):
            if part.another_agrees or part.features == 0:
                continue
            unlike, straight = self.is_standardised_once(part), self.is_rescaled(part)
            if not (unlike or straight):
                continue
            text = (
                f"a scale of {number(part.factor)} and an offset of {number(part.offset)} standard deviations"
                if straight
                else f"{percent(part.shifted)} of the features lie more than one standard deviation away"
            )
            yield self.finding(
                f"the {part.rows} evaluated rows are not prepared like the training rows: {text}",
                Measurement(name="largest distance of the means", value=part.largest_shift, unit="std"),
                Measurement(name="share of features more than one standard deviation away", value=part.shifted),
                Measurement(name="distance by chance", value=part.noise, unit="std"),
                Measurement(name="median ratio of the standard deviations", value=part.scale),
                fix="prepare the evaluated rows with what was fitted on the training rows",
                where=source_of(record, part.evaluate).selected or input_line(record, part.evaluate),
                confidence=0.95 if straight or part.scales_differ >= self.scales else 0.8,
            )

    def is_standardised_once(self, part: PartsFacts) -> bool:
        """Whether one of the two is standardised, and the other is in units of its own."""
        there = part.standardised >= self.standardised and part.shifted >= self.shifted
        back = part.standardised_there >= self.standardised and part.shifted_back >= self.shifted
        if there == back:
            return False
        away = part.shifted if there else part.shifted_back
        far = there and away >= self.all_shifted and part.median_shift >= self.median_shift and part.features >= 3
        return part.scales_differ >= self.scales or (far and part.together < self.together)

    def is_rescaled(self, part: PartsFacts) -> bool:
        """Whether one scale and one offset for all features lie between the two."""
        tells = part.image or (part.spreads_differ >= self.different and part.together < self.together)
        if not tells or part.residual > self.residual or part.factor <= 0:
            return False
        if part.spread_alike < self.alike and not part.image:
            return False
        scaled = max(part.factor, 1 / part.factor) >= self.factor
        moved = abs(part.offset) >= self.offset
        return scaled or moved
