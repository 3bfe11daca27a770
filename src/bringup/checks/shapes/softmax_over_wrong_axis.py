"""SHP302 softmax-over-wrong-axis."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from bringup.checks.check import Check
from bringup.checks.loss_reading import activation_place, at, losses_with_gradient, near_one, sizes
from bringup.checks.reading import number
from bringup.errors import NotApplicable
from bringup.findings import Family, Finding, Measurement, Severity, Where
from bringup.record import LossFacts, Record


@dataclass(frozen=True, kw_only=True)
class SoftmaxOverWrongAxis(Check):
    """The softmax is taken over another axis than that of the classes.

    ## What it detects
    A log-softmax whose result does not sum to 1 over the classes that the loss picks from, and a softmax over the examples
    of a batch.

    ## Why it is bad
    Steps of a sequence, pixels or examples compete with each other instead of classes: the loss has a floor, and what is
    predicted depends on what else is in the batch.

    ## How it is detected
    The last operation before the loss, views looked through, is a log-softmax, but e to its power sums to between other
    values than 1 over the axis of the classes; or a loss written by hand gathers over another axis than that of the
    log-softmax; or a softmax works on the axis of the examples, and their outputs depend on each other.

    ## How to fix it
    Give the softmax the axis of the classes: the last one for [N, T, C], `dim=1` for [N, C] and [N, C, T].

    ## How it is confirmed
    Probe `right-axis`: the script is run again with the softmax of this line over the other axis.
    """

    code: ClassVar[str] = "SHP302"
    name: ClassVar[str] = "softmax-over-wrong-axis"
    family: ClassVar[Family] = Family.SHAPES
    severity: ClassVar[Severity] = Severity.ERROR
    confirm_with: ClassVar[str | None] = "right-axis"
    bad: ClassVar[str] = """
import torch
from torch import nn
torch.manual_seed(0)
x = torch.randint(0, 8, (320, 12))
y = (x * 3 + x.roll(1, 1)) % 8
y[:, 0] = 0
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(8, 16)
        self.gru = nn.GRU(16, 32, batch_first=True)
        self.head = nn.Linear(32, 8)
    def forward(self, x):
        hidden, _ = self.gru(self.embedding(x))
        return torch.log_softmax(self.head(hidden), dim=1)
model = Net()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for epoch in range(6):
    for rows in torch.randperm(256).split(32):
        loss = nn.functional.nll_loss(model(x[rows]).reshape(-1, 8), y[rows].reshape(-1))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
model.eval()
with torch.no_grad():
    print((model(x[256:]).argmax(-1) == y[256:]).float().mean().item())
"""
    good: ClassVar[str] = """
import torch
from torch import nn
torch.manual_seed(0)
x = torch.randint(0, 8, (320, 12))
y = (x * 3 + x.roll(1, 1)) % 8
y[:, 0] = 0
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(8, 16)
        self.gru = nn.GRU(16, 32, batch_first=True)
        self.head = nn.Linear(32, 8)
    def forward(self, x):
        hidden, _ = self.gru(self.embedding(x))
        return torch.log_softmax(self.head(hidden).transpose(1, 2), dim=1)
model = Net()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for epoch in range(6):
    for rows in torch.randperm(256).split(32):
        loss = nn.functional.nll_loss(model(x[rows]), y[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
model.eval()
with torch.no_grad():
    print((model(x[256:]).argmax(1) == y[256:]).float().mean().item())
"""

    def detect(self, record: Record) -> Iterator[Finding]:
        """Yield one finding for each line."""
        if not record.losses and not record.graphs:
            raise NotApplicable("the run did not record a loss function or its graph")
        for place, message, *evidence in self.all(record):
            yield self.finding(message, *evidence, where=place, fix="give the softmax the axis of the classes")

    def all(self, record: Record) -> Iterator[tuple[Where | None, str, *tuple[Measurement, ...]]]:
        """What is wrong: the line, the message, and the evidence."""
        said: set[Where | None] = set()
        for loss in losses_with_gradient(record, "nll_loss", "cross_entropy"):
            place = activation_place(loss)
            if self.off(loss) and place not in said and loss.classes is not None:
                said.add(place)
                low, high = loss.classes.mass_minimum, loss.classes.mass_maximum
                yield (
                    place,
                    f"the log-softmax is taken over another axis than that of the classes in `{loss.function}`"
                    f"{at(loss.where)}: over the classes the probabilities sum to between {number(low)} and {number(high)}",
                    Measurement(name="smallest sum of probabilities over the classes", value=low, limit=1),
                    Measurement(name="largest sum of probabilities over the classes", value=high, limit=1),
                )
        for graph in record.graphs or ():
            for pick in graph.picks:
                axis, place = pick.picked.axis, pick.picked.where or graph.loss
                if (
                    pick.picked.kind == "log_softmax"
                    and None not in (axis, pick.axis)
                    and axis != pick.axis
                    and place not in said
                ):
                    said.add(place)
                    yield (
                        place,
                        f"the log-softmax is taken over axis {axis} of {sizes(pick.picked.shape)}, and the "
                        f"loss{at(pick.where)} picks over axis {pick.axis}",
                        Measurement(name="axis of the log-softmax", value=axis, limit=pick.axis),
                    )
        for mixing in record.mixing or ():
            if mixing.reason == "softmax" and mixing.where not in said:
                said.add(mixing.where)
                yield (
                    mixing.where,
                    f"the softmax is taken over the {mixing.rows} examples of the batch: an output depends on "
                    f"{mixing.reached} others",
                    Measurement(name="examples that an output depends on", value=mixing.reached, limit=0),
                )

    def off(self, loss: LossFacts) -> bool:
        """Whether log-probabilities do not sum to 1 over the classes."""
        if loss.activation is None or loss.activation.kind != "log_softmax" or loss.classes is None or loss.classes.count < 2:
            return False
        return not near_one(loss.classes.mass_minimum, loss.classes.mass_maximum)
