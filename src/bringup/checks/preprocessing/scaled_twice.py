"""PRE301 scaled-twice."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from bringup.checks.check import Check
from bringup.checks.places import input_line
from bringup.checks.reading import number
from bringup.findings import Family, Finding, Measurement, Severity
from bringup.record import InputRowsFacts, Record, TensorFacts


@dataclass(frozen=True, kw_only=True)
class ScaledTwice(Check):
    """Pixels are divided by their largest value twice.

    ## What it detects
    Images, or other inputs of at least {features} values a row, that are 8-bit numbers (at most {levels} evenly spaced
    values) whose whole range is squeezed into less than {span}.

    ## Why it is bad
    All examples look nearly the same to the model: its first layer gives almost no signal, and gradients are as small.
    Learning is slow, or does not begin.

    ## How it is detected
    All values that go into training are multiples of one step, as whole numbers from 0 to 255 are after a division. Once
    divided they reach from 0 to 1; divided again (in the data set and in the transform, by `ToTensor` and by hand) they
    reach to 1/255 only. The same holds for what reaches the first layer with weights, where a model scales its inputs itself.

    ## How to fix it
    Scale in one place.

    ## How it is confirmed
    Training again with inputs that reach to 1: the loss falls from the first steps on.
    """

    code: ClassVar[str] = "PRE301"
    name: ClassVar[str] = "scaled-twice"
    family: ClassVar[Family] = Family.PREPROCESSING
    severity: ClassVar[Severity] = Severity.ERROR
    confirm_with: ClassVar[str | None] = "standardised-inputs"
    bad: ClassVar[str] = """
import torch
from torch import nn

torch.manual_seed(0)
light = torch.rand(600, 1) * torch.tensor([1.0, 0.3])[torch.randint(2, (600,))][:, None]
y = (light[:, 0] > 0.3).long()
pixels = (255 * (light * torch.rand(1, 36) + 0.03 * torch.rand(600, 36)).clamp(0, 1)).byte()
x = pixels.float() / 255.0
x = x / 255.0
x_train, y_train, x_test, y_test = x[:400], y[:400], x[400:], y[400:]
model = nn.Sequential(nn.Linear(36, 64), nn.ReLU(), nn.Linear(64, 2))
optimizer = torch.optim.Adam(model.parameters(), lr=0.03)
for epoch in range(40):
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
light = torch.rand(600, 1) * torch.tensor([1.0, 0.3])[torch.randint(2, (600,))][:, None]
y = (light[:, 0] > 0.3).long()
pixels = (255 * (light * torch.rand(1, 36) + 0.03 * torch.rand(600, 36)).clamp(0, 1)).byte()
x = pixels.float() / 255.0
x_train, y_train, x_test, y_test = x[:400], y[:400], x[400:], y[400:]
model = nn.Sequential(nn.Linear(36, 32), nn.ReLU(), nn.Linear(32, 2))
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

    features: int = 16
    levels: int = 256
    span: float = 0.07  # of the values; one division leaves 1, or 2 where it is about 0
    once: float = 2.1  # the largest range after one division

    def detect(self, record: Record) -> Iterator[Finding]:
        """Yield one finding a training place."""
        layers = {layer.site: layer for layer in record.first_layers or ()}
        for rows in record.need("input_rows"):
            layer = layers.get(rows.site)
            if layer is not None and layer.normalised:
                continue
            span = rows.maximum - rows.minimum
            if layer is not None and not layer.as_given:
                span = self.span_inside(rows, layer.input)
            if not self.is_squeezed(rows, span):
                continue
            yield self.finding(
                f"all inputs lie within {number(span)} of each other, on {rows.levels} evenly spaced values: scaled twice",
                Measurement(name="range of the inputs", value=span, limit=self.span),
                Measurement(name="step between values", value=rows.step),
                Measurement(name="standard deviation of the inputs", value=rows.std),
                fix="scale once: leave out one of the two divisions",
                where=input_line(record, rows.site),
                confidence=0.95,
            )

    def span_inside(self, rows: InputRowsFacts, inside: TensorFacts) -> float:
        """The range of what reaches the first layer with weights, where inputs came scaled and are scaled again inside."""
        if inside.minimum is None or inside.maximum is None or not 0 < rows.maximum - rows.minimum <= self.once:
            return 0.0
        return inside.maximum - inside.minimum

    def is_squeezed(self, rows: InputRowsFacts, span: float) -> bool:
        """Whether 8-bit values fill a far smaller range than they do after one division."""
        if rows.step is None or rows.features < self.features:
            return False
        return 0 < span < self.span and (rows.maximum - rows.minimum) / rows.step < self.levels
