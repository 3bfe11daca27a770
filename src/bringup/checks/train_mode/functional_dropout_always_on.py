"""MOD303 functional-dropout-always-on."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from bringup.checks.check import Check
from bringup.findings import Family, Finding, Fix, Measurement, Severity
from bringup.record import DropoutFacts, Record


@dataclass(frozen=True, kw_only=True)
class FunctionalDropoutAlwaysOn(Check):
    """A dropout works in eval mode too.

    ## What it detects
    `F.dropout(x)` without `training=self.training` (its default is to work), the dropout of `scaled_dot_product_attention`, and
    dropout layers that `model.eval()` does not reach, because they are in a plain list or built in `forward`.

    ## Why it is bad
    Predictions are made by a randomly damaged network, and differ each time.

    ## How it is detected
    A dropout is told of when it works inside a model that is in eval mode. Layers that belong to the model and were put
    into train mode by hand do not count, nor do models that are asked the same again and again to see how sure they are.

    ## How to fix it
    Use an `nn.Dropout` that is built in `__init__`, or pass `training=self.training`.

    ## How it is confirmed
    Probe `steady-answers`: evaluated rows are asked twice, as the script does and without dropout: only there are
    the answers the same.
    """

    code: ClassVar[str] = "MOD303"
    name: ClassVar[str] = "functional-dropout-always-on"
    family: ClassVar[Family] = Family.TRAIN_MODE
    severity: ClassVar[Severity] = Severity.ERROR
    confirm_with: ClassVar[str | None] = "steady-answers"
    bad: ClassVar[str] = """
import torch
from torch import nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Linear(8, 32)
        self.last = nn.Linear(32, 2)

    def forward(self, x):
        return self.last(nn.functional.dropout(self.first(x).relu(), 0.3))

torch.manual_seed(0)
x = torch.randn(768, 8)
y = (x[:, 0] + x[:, 1] > 0).long()
model = Net()
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
for epoch in range(10):
    model.train()
    for batch in torch.randperm(512).split(64):
        loss = nn.functional.cross_entropy(model(x[batch]), y[batch])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    model.eval()
    with torch.no_grad():
        print((model(x[512:]).argmax(1) == y[512:]).float().mean())
"""
    good: ClassVar[str] = """
import torch
from torch import nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Linear(8, 32)
        self.drop = nn.Dropout(0.3)
        self.last = nn.Linear(32, 2)

    def forward(self, x):
        x = self.drop(self.first(x).relu())
        return self.last(nn.functional.dropout(x, 0.1, training=self.training))

torch.manual_seed(0)
x = torch.randn(768, 8)
y = (x[:, 0] + x[:, 1] > 0).long()
model = Net()
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
for epoch in range(10):
    model.train()
    for batch in torch.randperm(512).split(64):
        loss = nn.functional.cross_entropy(model(x[batch]), y[batch])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    model.eval()
    with torch.no_grad():
        print((model(x[512:]).argmax(1) == y[512:]).float().mean())
model.drop.train()
with torch.no_grad():
    print(torch.stack([model(x[512:]) for _ in range(5)]).std(0).mean())
"""

    repeated: int = 3  # calls with the same input

    def detect(self, record: Record) -> Iterator[Finding]:
        """Yield a finding for each place."""
        dropouts: tuple[DropoutFacts, ...] = record.need("dropouts")
        for dropout in dropouts:
            if dropout.repeated >= self.repeated:
                continue
            unknown = dropout.reason == "unregistered"
            yield self.finding(
                f"`{dropout.function}` drops values in eval mode"
                + (": its layer is in no attribute of the model that `eval()` reaches" if unknown else ""),
                Measurement(name="calls in eval mode", value=dropout.calls),
                Measurement(name="share of values that are dropped", value=dropout.probability),
                fix=Fix(
                    title="use an `nn.Dropout` built in `__init__`, or pass `training=self.training`", applicability="unsafe"
                ),
                where=dropout.where,
            )
