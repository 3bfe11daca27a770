"""PRE308 inputs-far-from-unit-scale."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from bringup.checks.answering import gain_of_simple, is_beaten
from bringup.checks.check import Check
from bringup.checks.places import input_line
from bringup.checks.reading import number
from bringup.findings import Family, Finding, Fix, Measurement, Severity
from bringup.record import FirstLayerFacts, InputRowsFacts, Record

LAYERS = (
    "estimator",
    "linear",
    "conv1d",
    "conv2d",
    "conv3d",
    "lstm",
    "gru",
    "rnn_tanh",
    "rnn_relu",
    "lstm_cell",
    "gru_cell",
    "matmul",
    "mm",
)


@dataclass(frozen=True, kw_only=True)
class InputsFarFromUnitScale(Check):
    """Inputs are not scaled, and the training suffers.

    ## What it detects
    Inputs with a mean of {mean:g} or a standard deviation of {std:g} or more, or deviations that are all below {tiny}, go
    into the first layer as they are, no normalisation follows, and simple models that standardise their inputs do better
    by {better} of what is to be gained over chance.

    ## Why it is bad
    The loss is then a long narrow valley: a learning rate that is right for one input is too large for another. Large
    inputs drown the small ones, tiny ones give no signal.

    ## How it is detected
    Mean and standard deviation of each input, as the first layer gets them; logistic or ridge regression, neighbours and
    trees, on the same rows and judged on the same rows. Unscaled inputs that are learned from well are not reported.

    ## How to fix it
    Subtract the mean and divide by the standard deviation, both of the training rows.

    ## How it is confirmed
    Training again with standardised inputs: the loss falls faster.
    """

    code: ClassVar[str] = "PRE308"
    name: ClassVar[str] = "inputs-far-from-unit-scale"
    family: ClassVar[Family] = Family.PREPROCESSING
    severity: ClassVar[Severity] = Severity.WARNING
    confirm_with: ClassVar[str | None] = "standardised-inputs"
    bad: ClassVar[str] = """
import torch
from torch import nn

torch.manual_seed(0)
z = torch.randn(600, 6)
y = (z[:, 0] + z[:, 1] - z[:, 2] > 0).long()
x = z * torch.tensor([1.0, 0.5, 2.0, 900.0, 60.0, 4.0]) + torch.tensor([13.0, 2.0, 20.0, 5000.0, 100.0, 5.0])
x_train, y_train, x_test, y_test = x[:400], y[:400], x[400:], y[400:]
model = nn.Sequential(nn.Linear(6, 32), nn.ReLU(), nn.Linear(32, 2))
optimizer = torch.optim.Adam(model.parameters(), lr=0.003)
for epoch in range(25):
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
z = torch.randn(600, 6)
y = (z[:, 0] + z[:, 1] - z[:, 2] > 0).long()
x = z * torch.tensor([1.0, 0.5, 2.0, 900.0, 60.0, 4.0]) + torch.tensor([13.0, 2.0, 20.0, 5000.0, 100.0, 5.0])
x_train, y_train, x_test, y_test = x[:400], y[:400], x[400:], y[400:]
model = nn.Sequential(nn.BatchNorm1d(6), nn.Linear(6, 32), nn.ReLU(), nn.Linear(32, 2))
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

    mean: float = 30.0
    std: float = 15.0
    tiny: float = 0.02
    better: float = 0.15  # of what lies between chance and the best

    def detect(self, record: Record) -> Iterator[Finding]:
        """Yield one finding a training place."""
        layers = {layer.site: layer for layer in record.first_layers or ()}
        answers = {answer.site: answer for answer in record.answers or ()}
        for rows in record.need("input_rows"):
            layer, answer = layers.get(rows.site), answers.get(rows.site)
            if layer is None or answer is None or not self.is_off(rows, layer):
                continue
            if not is_beaten(answer, self.better):
                continue
            yield self.finding(
                f"inputs have means up to {number(rows.largest_mean)} and standard deviations from {number(rows.smallest_std)} "
                f"to {number(rows.largest_std)}; simple models on standardised inputs do better",
                Measurement(name="largest mean", value=rows.largest_mean, limit=self.mean),
                Measurement(name="largest standard deviation", value=rows.largest_std, limit=self.std),
                Measurement(name="typical standard deviation", value=rows.typical_std, limit=self.tiny),
                Measurement(name="score of the model", value=answer.model),
                Measurement(name="gain of simple models over it", value=gain_of_simple(answer), limit=self.better),
                fix=Fix(title="standardise the inputs, with what was fitted on the training rows", applicability="unsafe"),
                where=input_line(record, rows.site),
                confidence=0.75,
            )

    def is_off(self, rows: InputRowsFacts, layer: FirstLayerFacts) -> bool:
        """Whether inputs of another scale than 1 meet a layer that was made for 1."""
        if layer.normalised or not layer.as_given or layer.function not in LAYERS:
            return False
        tiny = rows.step is None and 0 < rows.largest_std < self.tiny  # evenly spaced values are scaled twice: another check
        return tiny or rows.largest_mean >= self.mean or rows.largest_std >= self.std
