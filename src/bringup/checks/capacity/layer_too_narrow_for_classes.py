"""CAP302 layer-too-narrow-for-classes."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from bringup.checks.check import Check
from bringup.checks.places import call_of
from bringup.checks.reading import percent
from bringup.errors import NotApplicable
from bringup.findings import Family, Finding, Measurement, Severity
from bringup.record import Record, WidthFacts


@dataclass(frozen=True, kw_only=True)
class LayerTooNarrowForClasses(Check):
    """Many classes have to pass through one or two numbers.

    ## What it detects
    A classifier of more than {times} classes for each number that its narrowest hidden layer gives on, with a width of at
    most {width}, that simple models beat by {better} in accuracy.

    ## Why it is bad
    Everything that tells the classes apart has to fit into so few numbers: classes fall on top of each other, and some
    are never answered.

    ## How it is detected
    The widths of the fully-connected layers, the accuracy of the model on rows that it was not trained on, and that of
    logistic regression, neighbours and trees on the same rows.

    ## How to fix it
    Widen the layer: to at least the number of classes.

    ## How it is confirmed
    Probe `wider-twin`: the script is run again with a wider layer where the model is narrowest.
    """

    code: ClassVar[str] = "CAP302"
    name: ClassVar[str] = "layer-too-narrow-for-classes"
    family: ClassVar[Family] = Family.CAPACITY
    severity: ClassVar[Severity] = Severity.WARNING
    confirm_with: ClassVar[str | None] = "wider-twin"
    bad: ClassVar[str] = """
import torch
from torch import nn

torch.manual_seed(0)
y = torch.randint(6, (900,))
x = torch.randn(900, 10) + 2 * torch.randn(6, 10)[y]
x_train, y_train, x_test, y_test = x[:600], y[:600], x[600:], y[600:]
model = nn.Sequential(nn.Linear(10, 32), nn.ReLU(), nn.Linear(32, 1), nn.Tanh(), nn.Linear(1, 6))
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
for epoch in range(20):
    model.train()
    for rows in torch.randperm(600).split(60):
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
y = torch.randint(6, (900,))
x = torch.randn(900, 10) + 2 * torch.randn(6, 10)[y]
x_train, y_train, x_test, y_test = x[:600], y[:600], x[600:], y[600:]
model = nn.Sequential(nn.Linear(10, 32), nn.ReLU(), nn.Linear(32, 16), nn.Tanh(), nn.Linear(16, 6))
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
for epoch in range(12):
    model.train()
    for rows in torch.randperm(600).split(60):
        loss = nn.functional.cross_entropy(model(x_train[rows]), y_train[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
model.eval()
with torch.no_grad():
    print("accuracy", (model(x_test).argmax(1) == y_test).float().mean().item())
"""

    width: int = 2
    times: float = 2.0  # classes a number
    better: float = 0.1
    errors: float = 3.0

    def detect(self, record: Record) -> Iterator[Finding]:
        """Yield one finding a model."""
        widths = record.need("widths")
        judged = [answer for answer in record.answers or () if answer.task == "classification" and answer.model is not None]
        if not judged:
            raise NotApplicable("no classifier was judged on rows that it was not trained on")
        for answer in judged:
            call = call_of(record, answer.site)
            narrow = narrowest(widths, call.model_number if call is not None else -1)
            classes = sum(1 for share in answer.shares if share > 0)
            if narrow is None or narrow.outputs > self.width or classes <= self.times * narrow.outputs:
                continue
            gain = (answer.simple or 0.0) - (answer.model or 0.0)
            if gain < max(self.better, self.errors * answer.error):
                continue
            yield self.finding(
                f"{classes} classes pass through {narrow.outputs} number(s) in `{narrow.name}`: accuracy "
                f"{percent(answer.model or 0.0)}, simple models {percent(answer.simple or 0.0)}",
                Measurement(name="width of the narrowest hidden layer", value=narrow.outputs, limit=self.width),
                Measurement(name="classes", value=classes, limit=self.times * narrow.outputs),
                Measurement(name="accuracy of simple models beyond that of the model", value=gain, limit=self.better),
                fix=f"widen `{narrow.name}` to {classes} or more",
                where=narrow.outputs_where or narrow.where,
                confidence=0.85,
            )


def narrowest(widths: tuple[WidthFacts, ...], number: int) -> WidthFacts | None:
    """The hidden layer of a model that gives on the fewest numbers; scores and heads, which no other layer takes, left out."""
    own = [entry for entry in widths if entry.model_number == number]
    taken = [
        entry
        for place, entry in enumerate(own)
        if not entry.last and any(later.inputs == entry.outputs for later in own[place + 1 :])
    ]
    return min(taken, key=lambda entry: entry.outputs, default=None)
