"""MOD306 evaluation-keeps-the-graph."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from bringup.checks.check import Check
from bringup.findings import Family, Finding, Fix, Measurement, Severity
from bringup.record import CallFacts, Record


@dataclass(frozen=True, kw_only=True)
class EvaluationKeepsTheGraph(Check):
    """The model is evaluated with gradients switched on.

    ## What it detects
    Many calls of a model with gradients on, that no backward pass follows.

    ## Why it is bad
    Each call keeps all that a backward pass would need: it takes more memory and time than it has to. The result is right.

    ## How it is detected
    {calls} calls and more from one place with gradients on, {run} and more in a row, none of them part of a loss that was
    differentiated.

    ## How to fix it
    Evaluate inside `with torch.no_grad():` or `with torch.inference_mode():`.

    ## How it is confirmed
    The measurement is the proof.
    """

    code: ClassVar[str] = "MOD306"
    name: ClassVar[str] = "evaluation-keeps-the-graph"
    family: ClassVar[Family] = Family.TRAIN_MODE
    severity: ClassVar[Severity] = Severity.NOTE
    bad: ClassVar[str] = """
import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(768, 8)
y = (x[:, 0] + x[:, 1] > 0).long()
model = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 2))
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
for epoch in range(20):
    for batch in torch.randperm(512).split(64):
        loss = nn.functional.cross_entropy(model(x[batch]), y[batch])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    right = 0
    for batch in torch.arange(512, 768).split(32):
        right += (model(x[batch]).argmax(1) == y[batch]).sum().item()
"""
    good: ClassVar[str] = """
import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(768, 8)
y = (x[:, 0] + x[:, 1] > 0).long()
model = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 2))
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
for epoch in range(20):
    for batch in torch.randperm(512).split(64):
        loss = nn.functional.cross_entropy(model(x[batch]), y[batch])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    right = 0
    with torch.no_grad():
        for batch in torch.arange(512, 768).split(32):
            right += (model(x[batch]).argmax(1) == y[batch]).sum().item()
"""

    calls: int = 100
    run: int = 4  # calls, at least, one after the other

    def detect(self, record: Record) -> Iterator[Finding]:
        """Yield a finding for each place."""
        places: tuple[CallFacts, ...] = record.need("calls")
        trained = {place.model_number for place in places if place.use == "train"}
        for place in places:
            if place.use == "train" or place.with_grad < self.calls or place.model_number not in trained:
                continue
            if place.calls < self.run * place.passes:
                continue  # one here, one there: part of a training in some other way
            yield self.finding(
                f"{place.with_grad} calls of {place.model} keep what a backward pass would need, and none follows",
                Measurement(name="calls with gradients on", value=place.with_grad, limit=self.calls),
                fix=Fix(title="evaluate inside `with torch.no_grad():`", applicability="safe"),
                where=place.where,
            )
