"""SHP303 examples-of-a-batch-mix."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from bringup.checks.check import Check
from bringup.checks.loss_reading import at, sizes
from bringup.errors import NotApplicable
from bringup.findings import Family, Finding, Measurement, Severity
from bringup.record import MixingFacts, Record


@dataclass(frozen=True, kw_only=True)
class ExamplesOfABatchMix(Check):
    """A layer takes the examples of a batch for the steps of a sequence.

    ## What it detects
    A recurrent, attention or transformer layer that is given [batch, time, features] where it expects [time, batch,
    features], or the other way round.

    ## Why it is bad
    The layer runs along the batch: what is predicted for an example depends on the examples that happen to stand before it,
    and its own steps are never seen in order.

    ## How it is detected
    After the first step, on a copy of the model in eval mode, the gradient of the output of one example is taken with
    respect to all inputs. It reaches more than {others} other examples, and a layer for sequences has as many steps as the
    batch has examples.

    ## How to fix it
    Build the layer with `batch_first=True`, or transpose its input.

    ## How it is confirmed
    Probe `isolated-examples`: the script is run again with the batch on the other axis of the layer.
    """

    code: ClassVar[str] = "SHP303"
    name: ClassVar[str] = "examples-of-a-batch-mix"
    family: ClassVar[Family] = Family.SHAPES
    severity: ClassVar[Severity] = Severity.ERROR
    confirm_with: ClassVar[str | None] = "isolated-examples"
    bad: ClassVar[str] = """
import torch
from torch import nn
torch.manual_seed(0)
x = torch.randn(320, 10, 3)
y = (x[:, 7:].sum((1, 2)) > 0).long()
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.rnn = nn.GRU(3, 24)
        self.head = nn.Linear(24, 2)
    def forward(self, x):
        hidden, _ = self.rnn(x)
        return self.head(hidden[:, -1])
model = Net()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for epoch in range(4):
    for rows in torch.randperm(256).split(32):
        loss = nn.functional.cross_entropy(model(x[rows]), y[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
model.eval()
with torch.no_grad():
    print((model(x[256:]).argmax(1) == y[256:]).float().mean().item())
"""
    good: ClassVar[str] = """
import torch
from torch import nn
torch.manual_seed(0)
x = torch.randn(320, 10, 3)
y = (x[:, 7:].sum((1, 2)) > 0).long()
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.rnn = nn.GRU(3, 24)
        self.head = nn.Linear(24, 2)
    def forward(self, x):
        hidden, _ = self.rnn(x.transpose(0, 1))
        return self.head(hidden[-1])
model = Net()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for epoch in range(4):
    for rows in torch.randperm(256).split(32):
        loss = nn.functional.cross_entropy(model(x[rows]), y[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
model.eval()
with torch.no_grad():
    print((model(x[256:]).argmax(1) == y[256:]).float().mean().item())
"""

    others: int = 0  # other examples that an output may depend on

    def detect(self, record: Record) -> Iterator[Finding]:
        """Yield one finding for each model."""
        found: tuple[MixingFacts, ...] = record.need("mixing")
        if not found:
            raise NotApplicable(
                "no model could be tried: the axis of the examples was not clear, or no gradient reaches the input"
            )
        for mixing in found:
            if mixing.reached <= self.others or mixing.reason != "sequence-axis":
                continue
            expected = "[batch, time, features]" if mixing.batch_first else "[time, batch, features]"
            yield self.finding(
                f"the {mixing.layer} is given {sizes(mixing.layer_shape)} and expects {expected}: it takes the "
                f"{mixing.rows} examples of the batch for steps, and an output "
                f"of the model{at(mixing.call)} depends on {mixing.reached} other examples",
                Measurement(name="other examples that an output depends on", value=mixing.reached, limit=self.others),
                Measurement(name="shape of the layer's input", value=sizes(mixing.layer_shape)),
                where=mixing.where or mixing.call,
                fix="transpose its input"
                if mixing.batch_first
                else "build the layer with batch_first=True, or transpose its input",
            )
