"""EVL303 argmax-over-wrong-axis."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from bringup.checks.check import Check
from bringup.checks.places import call_of
from bringup.errors import NotApplicable
from bringup.findings import Family, Finding, Fix, Measurement, Severity
from bringup.record import ChoiceFacts, Record

LOSSES = ("cross_entropy", "nll_loss", "categorical_crossentropy")


@dataclass(frozen=True, kw_only=True)
class ArgmaxOverWrongAxis(Check):
    """The answer is chosen among rows, not among classes.

    ## What it detects
    The largest value of a classifier's output [rows, classes] chosen over the rows, or over all values at once, for at
    least {rows} rows.

    ## Why it is bad
    Instead of one class a row, one row a class comes out, or a single number. Compared with the labels it gives a
    metric that says nothing, often without any error.

    ## How it is detected
    At its first calls, what the program does with the output of a model is followed: the axis of `argmax`, `max` or
    `topk`, and the shape that it chooses from. The loss says that the output is scores of classes.

    ## How to fix it
    `output.argmax(dim=1)`, or `dim=-1`.

    ## How it is confirmed
    The metric computed again over the other axis.
    """

    code: ClassVar[str] = "EVL303"
    name: ClassVar[str] = "argmax-over-wrong-axis"
    family: ClassVar[Family] = Family.EVALUATION
    severity: ClassVar[Severity] = Severity.ERROR
    bad: ClassVar[str] = """
import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(600, 8)
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
    prediction = model(x_test).argmax()
    print("accuracy", (prediction == y_test).float().mean().item())
"""
    good: ClassVar[str] = """
import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(600, 8)
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
    sure, prediction = model(x_test).softmax(1).max(1)
    print("accuracy", (prediction == y_test).float().mean().item(), "highest probability", sure.max().item())
    print("class of the first row", model(x_test[:1]).argmax().item())
"""

    rows: int = 2

    def detect(self, record: Record) -> Iterator[Finding]:
        """Yield one finding a line."""
        classes = {loss.input.shape[1] for loss in record.losses or () if is_over_classes(loss.function, loss.input.shape)}
        if not classes or not record.choices:
            raise NotApplicable("no class was seen to be chosen from the output of a classifier")
        for choice in record.choices:
            axis = 1 if len(choice.shape) == 2 else axis_of_classes(choice, record)
            if axis is None or choice.axis == axis or choice.shape[axis] not in classes or choice.shape[0] < self.rows:
                continue
            if len(choice.shape) == 3 or self.is_wrong(choice, record):
                over = "all values at once" if choice.axis is None else f"axis {choice.axis}"
                yield self.finding(
                    f"`{choice.function}` chooses over {over} of {list(choice.shape)}, whose classes are on axis {axis}",
                    Measurement(name="rows of the output", value=choice.shape[0], limit=self.rows),
                    Measurement(name="axis that is chosen over", value=choice.axis, limit=axis),
                    fix=Fix(title=f"choose over the classes: `{choice.function}(dim={axis})`", applicability="safe"),
                    where=choice.where,
                    confidence=0.95,
                )

    def is_wrong(self, choice: ChoiceFacts, record: Record) -> bool:
        """Whether the first axis of what is chosen from holds the rows that went into the model."""
        call = call_of(record, choice.site)
        return call is not None and call.input.shape[:1] == choice.shape[:1]


def axis_of_classes(choice: ChoiceFacts, record: Record) -> int | None:
    """The axis of an output [rows, ., .] that holds the classes, where the loss has shown it."""
    call = call_of(record, choice.site)
    for facts in record.class_axes or ():
        if call is not None and facts.model_number == call.model_number and choice.shape[1:] == facts.shape:
            return facts.axis
    return None


def is_over_classes(function: str, shape: tuple[int, ...]) -> bool:
    """Whether a loss is about scores of classes, one row an example."""
    return function in LOSSES and len(shape) == 2 and shape[1] > 1
