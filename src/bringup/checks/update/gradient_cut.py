"""UPD306 gradient-cut."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from bringup.checks.check import Check
from bringup.checks.updating import names, optimizers
from bringup.errors import NotApplicable
from bringup.findings import Family, Finding, Measurement, Severity
from bringup.record import HorizonFacts, OptimizerFacts, Record


@dataclass(frozen=True, kw_only=True)
class GradientCut(Check):
    """The graph is cut between the layers and the loss.

    ## What it detects
    A `detach`, `.data`, `.item()`, a detour over numpy, an argmax or a rounding on the way to the loss; a hidden state that is
    detached at every step of a sequence.

    ## Why it is bad
    What lies before the cut learns nothing: random layers, or a recurrent model that cannot learn from anything but the
    last step.

    ## How it is detected
    Layers of an optimizer were used with gradients on, no gradient ever reached them in {steps} steps, and they were not
    loaded or trained before. For sequences, the gradient of the last output with respect to each step of the input is
    computed on a copy of the model, and compared with what a small change of that step does: of {felt} steps and more that
    change the output, the gradient reaches {reached} at the most. (Truncated back-propagation, which keeps a stretch of
    steps, passes.)

    ## How to fix it
    Remove the detach, and compute the loss from tensors only. Replace an argmax by a softmax in what is trained.

    ## How it is confirmed
    Probe `uncut-gradient`: the script is run again with nothing detached in this line.
    """

    code: ClassVar[str] = "UPD306"
    name: ClassVar[str] = "gradient-cut"
    family: ClassVar[Family] = Family.UPDATE
    severity: ClassVar[Severity] = Severity.ERROR
    confirm_with: ClassVar[str | None] = "uncut-gradient"
    bad: ClassVar[str] = """
import torch
from torch import nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = nn.Linear(8, 32)
        self.head = nn.Linear(32, 2)

    def forward(self, x):
        features = self.encoder(x).relu().detach()
        return self.head(features)

torch.manual_seed(0)
x = torch.randn(512, 8)
y = (x[:, 0] + x[:, 1] > 0).long()
model = Net()
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
for epoch in range(10):
    for batch in torch.randperm(512).split(64):
        loss = nn.functional.cross_entropy(model(x[batch]), y[batch])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
"""
    good: ClassVar[str] = """
import torch
from torch import nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = nn.Linear(8, 32)
        self.head = nn.Linear(32, 2)
        self.judge = nn.Linear(32, 1)

    def forward(self, x):
        features = self.encoder(x).relu()
        return self.head(features), self.judge(features.detach()).squeeze(1)

torch.manual_seed(0)
x = torch.randn(512, 8)
y = (x[:, 0] + x[:, 1] > 0).long()
model = Net()
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
for epoch in range(10):
    for batch in torch.randperm(512).split(64):
        scores, sure = model(x[batch])
        right = (scores.argmax(1) == y[batch]).float()
        loss = nn.functional.cross_entropy(scores, y[batch])
        loss = loss + nn.functional.binary_cross_entropy_with_logits(sure, right)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
"""

    steps: int = 3
    felt: int = 4  # steps of a sequence
    reached: int = 1  # of them

    def detect(self, record: Record) -> Iterator[Finding]:
        """Yield a finding for each optimizer, and for each model of sequences."""
        if record.optimizers is None and record.horizons is None:
            raise NotApplicable("the run recorded neither an optimizer nor a model of sequences")
        for optimizer in optimizers(record):
            cut = [entry for entry in optimizer.missing if entry.reason in ("detached", "rounded")]
            if cut and optimizer.steps >= self.steps and not all(entry.loaded for entry in cut):
                yield self.layers(optimizer)
        for horizon in record.horizons or ():
            if horizon.felt >= self.felt and horizon.reached <= self.reached:
                yield self.sequence(horizon)

    def layers(self, optimizer: OptimizerFacts) -> Finding:
        """The finding about layers before the cut."""
        cut = [entry for entry in optimizer.missing if entry.reason in ("detached", "rounded")]
        return self.finding(
            f"the graph is cut after {names(cut)}: no gradient ever reached them",
            Measurement(name="layers without a gradient", value=len(cut)),
            Measurement(name="tensors in them", value=sum(entry.tensors for entry in cut)),
            Measurement(name="steps", value=optimizer.steps, limit=self.steps),
            fix="keep the graph: remove the detach, and compute the loss from tensors only",
            where=cut[0].reason_where or optimizer.backward_where or optimizer.where,
        )

    def sequence(self, horizon: HorizonFacts) -> Finding:
        """The finding about a sequence."""
        return self.finding(
            f"the last output of {horizon.model} depends on {horizon.felt} steps of its input, and its gradient reaches "
            f"{horizon.reached} of them",
            Measurement(name="steps that change the last output", value=horizon.felt),
            Measurement(name="steps that its gradient reaches", value=horizon.reached, limit=self.reached),
            fix="hand the hidden state on as it is; detach it between batches only",
            where=horizon.where or horizon.call,
        )
