"""UPD314 copy-never-follows."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from bringup.checks.check import Check
from bringup.checks.reading import number
from bringup.findings import Family, Finding, Measurement, Severity
from bringup.record import CopyFacts, Record


@dataclass(frozen=True, kw_only=True)
class CopyNeverFollows(Check):
    """A copy of the model, which is to follow it, stays as it was.

    ## What it detects
    A model with the very weights that the trained one had before its first step, that no optimizer trains, that is called in
    the training on other inputs than the trained one, and whose weights are the same after {steps} steps and more: a target
    network that is never updated, a momentum encoder without momentum.

    ## Why it is bad
    What the model learns is measured by a network that knows nothing: the targets of value learning stay those of random
    weights, and the loss falls all the same.

    ## How it is detected
    Models of one class and shape are compared before the first step, and the copy again at some later ones. A teacher that is
    kept as a reference, as in distillation or preference learning, gets the same inputs as the model and passes.

    ## How to fix it
    Copy the weights every so many steps of the training, or a little of them at each; count steps over all episodes.

    ## How it is confirmed
    The measurement is the proof.
    """

    code: ClassVar[str] = "UPD314"
    name: ClassVar[str] = "copy-never-follows"
    family: ClassVar[Family] = Family.UPDATE
    severity: ClassVar[Severity] = Severity.ERROR
    bad: ClassVar[str] = """
import torch
from torch import nn

torch.manual_seed(0)
value, target = (nn.Sequential(nn.Linear(4, 32), nn.ReLU(), nn.Linear(32, 2)) for _ in range(2))
target.load_state_dict(value.state_dict())
optimizer = torch.optim.Adam(value.parameters(), lr=1e-3)
state = torch.randn(32, 4)
for step in range(600):
    action = torch.randint(2, (32, 1))
    following = 0.9 * state + 0.3 * (action - 0.5) + 0.1 * torch.randn(32, 4)
    reward = -following.square().sum(1)
    with torch.no_grad():
        aim = reward + 0.9 * target(following).max(1).values
    loss = nn.functional.mse_loss(value(state).gather(1, action).squeeze(1), aim)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    state = following
"""
    good: ClassVar[str] = """
import torch
from torch import nn

torch.manual_seed(0)
value, target = (nn.Sequential(nn.Linear(4, 32), nn.ReLU(), nn.Linear(32, 2)) for _ in range(2))
target.load_state_dict(value.state_dict())
optimizer = torch.optim.Adam(value.parameters(), lr=1e-3)
state = torch.randn(32, 4)
for step in range(600):
    action = torch.randint(2, (32, 1))
    following = 0.9 * state + 0.3 * (action - 0.5) + 0.1 * torch.randn(32, 4)
    reward = -following.square().sum(1)
    with torch.no_grad():
        aim = reward + 0.9 * target(following).max(1).values
    loss = nn.functional.mse_loss(value(state).gather(1, action).squeeze(1), aim)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    state = following
    if step % 100 == 99:
        target.load_state_dict(value.state_dict())
"""

    steps: int = 500
    looks: int = 5
    calls: int = 10  # in the steps that were looked at

    def detect(self, record: Record) -> Iterator[Finding]:
        """Yield one finding a copy."""
        copies: tuple[CopyFacts, ...] = record.need("copies")
        for copy in copies:
            if copy.moved or copy.same_inputs or copy.looks < self.looks or copy.calls < self.calls or copy.steps < self.steps:
                continue
            yield self.finding(
                f"a copy of {copy.model}, which had its weights before the first step, still has the same after "
                f"{number(copy.steps)} steps",
                Measurement(name="steps without a change of the copy", value=copy.steps, limit=self.steps, unit="step"),
                Measurement(name="looks at its weights", value=copy.looks, limit=self.looks),
                fix="copy the weights every so many steps of the training, or a little of them at each",
                where=copy.where,
                confidence=0.85,
            )
