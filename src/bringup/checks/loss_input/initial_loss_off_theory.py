"""LOS101 initial-loss-off-theory."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from bringup.checks.check import Check
from bringup.checks.network import Trouble, trouble_of
from bringup.checks.reading import number
from bringup.errors import NotApplicable
from bringup.findings import Family, Finding, Measurement, Severity
from bringup.record import InitialFacts, Record


@dataclass(frozen=True, kw_only=True)
class InitialLossOffTheory(Check):
    """The first loss is far from what theory gives for a model that knows nothing.

    ## What it detects
    A model whose loss, before its first update, is far above or far below that of a model that knows nothing.

    ## Why it is bad
    The loss is known before any training: ln C for C classes, the variance of the target for squared errors. A loss far above
    it comes from
    inputs or initial weights of the wrong scale, or from a sum where a mean is meant; a loss far below it has seen the answer.

    ## How it is detected
    The loss of the untrained model, as a share of the theoretical one, is above {high} or below {low}. Outputs of untrained
    models scatter,
    and a factor of a few is usual.

    ## How to fix it
    Look at what goes into the loss: its scale, its reduction, the order of the classes; then at the initialisation.

    ## How it is confirmed
    Measure the loss again with all inputs 0: what remains of the distance comes from the loss or the last layer.
    """

    code: ClassVar[str] = "LOS101"
    name: ClassVar[str] = "initial-loss-off-theory"
    family: ClassVar[Family] = Family.LOSS_INPUT
    severity: ClassVar[Severity] = Severity.WARNING
    confirm_with: ClassVar[str | None] = "zeroed-inputs"
    bad: ClassVar[str] = """
import torch
from bringup.models.network import MLP, initialise
from bringup.record import Record
from bringup.training.fit import Goal, initial_facts
x_ND = 1000 * torch.randn(512, 8, generator=torch.Generator().manual_seed(0))
y_N = (x_ND[:, 0] > 0).long()
network = initialise(MLP(8, 2, hidden=(32,)), seed=0)
goal = Goal(task="classification", classes=("no", "yes"))
record = Record(initial=initial_facts(network, x_ND, y_N, goal, y_N.numpy()))
"""
    good: ClassVar[str] = """
import torch
from bringup.models.network import MLP, initialise
from bringup.record import Record
from bringup.training.fit import Goal, initial_facts
x_ND = torch.randn(512, 8, generator=torch.Generator().manual_seed(0))
y_N = (x_ND[:, 0] > 0).long()
network = initialise(MLP(8, 2, hidden=(32,)), seed=0)
goal = Goal(task="classification", classes=("no", "yes"))
record = Record(initial=initial_facts(network, x_ND, y_N, goal, y_N.numpy()))
"""

    high: float = 10.0  # times the loss in theory
    low: float = 0.2

    def detect(self, record: Record) -> Iterator[Finding]:
        """Yield at most one finding."""
        facts: InitialFacts = record.need("initial")
        if facts.expected_loss is None or not facts.expected_loss > 0:
            raise NotApplicable("no theory says what the first loss should be")
        share = facts.loss / facts.expected_loss
        if self.low <= share <= self.high or not math.isfinite(share) or trouble_of(record) is Trouble.LARGE:
            return  # weights that begin too large are said to be that
        limit = self.high if share > self.high else self.low
        yield self.finding(
            f"the first loss is {number(facts.loss)}, and {number(facts.expected_loss)} is what a model that knows nothing has",
            Measurement(name="loss before the first update", value=facts.loss, limit=limit * facts.expected_loss, step=0),
            Measurement(name="loss in theory", value=facts.expected_loss, step=0),
            Measurement(name="standard deviation of the outputs", value=facts.output_std, step=0),
            fix="look at the scale of what goes into the loss, and at how the loss is averaged",
        )
