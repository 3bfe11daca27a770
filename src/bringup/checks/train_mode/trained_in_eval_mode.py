"""MOD301 trained-in-eval-mode."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from bringup.checks.check import Check
from bringup.checks.reading import percent
from bringup.findings import Family, Finding, Fix, Measurement, Severity
from bringup.record import ModeFacts, Record


@dataclass(frozen=True, kw_only=True)
class TrainedInEvalMode(Check):
    """The model is trained in eval mode.

    ## What it detects
    Training steps while the whole model is in eval mode, so that its dropout drops nothing and its batch norm neither
    normalises by the batch nor learns its statistics. Most often an evaluation has switched the mode and nothing switches
    it back.

    ## Why it is bad
    The network that is trained is another one than was meant. Without batch norm, a deep network may not learn at all.

    ## How it is detected
    The mode of each call that a gradient comes from is noted. At least {share} of the training calls, and {least} of them,
    were in eval mode, with dropout or batch norm in the model. Parts that are kept in eval mode inside of a model in train
    mode are frozen on purpose. Gradients that no step uses, as those that make adversarial examples, do not count.

    ## How to fix it
    Call `model.train()` before each pass of training, after each evaluation.

    ## How it is confirmed
    Probe `right-mode`: the script is run again with the model in train mode wherever gradients are on.
    """

    code: ClassVar[str] = "MOD301"
    name: ClassVar[str] = "trained-in-eval-mode"
    family: ClassVar[Family] = Family.TRAIN_MODE
    severity: ClassVar[Severity] = Severity.ERROR
    confirm_with: ClassVar[str | None] = "right-mode"
    bad: ClassVar[str] = """
import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(768, 8)
y = (x[:, 0] + x[:, 1] > 0).long()
model = nn.Sequential(nn.Linear(8, 32), nn.BatchNorm1d(32), nn.ReLU(), nn.Dropout(0.1), nn.Linear(32, 2))
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
model.train()
for epoch in range(8):
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

torch.manual_seed(0)
x = torch.randn(768, 8)
y = (x[:, 0] + x[:, 1] > 0).long()
model = nn.Sequential(nn.Linear(8, 32), nn.BatchNorm1d(32), nn.ReLU(), nn.Dropout(0.1), nn.Linear(32, 2))
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
for epoch in range(8):
    for phase, rows in (("train", torch.randperm(512)), ("validate", torch.arange(512, 768))):
        model.train(phase == "train")
        if epoch > 5:
            model[1].eval()
        for batch in rows.split(64):
            loss = nn.functional.cross_entropy(model(x[batch]), y[batch])
            if phase == "train":
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
"""

    share: float = 0.2  # of the training calls
    least: int = 5

    def detect(self, record: Record) -> Iterator[Finding]:
        """Yield a finding for each model."""
        places: tuple[ModeFacts, ...] = record.need("modes")
        for place in places:
            if not place.used or place.in_eval < max(self.least, self.share * place.backwards):
                continue
            yield self.finding(
                f"{percent(place.in_eval / place.backwards)} of the training calls of {place.model} are in eval mode",
                Measurement(name="training calls in eval mode", value=place.in_eval, limit=self.least),
                Measurement(name="training calls", value=place.backwards),
                Measurement(name="layers with dropout", value=place.dropout),
                Measurement(name="layers with batch norm", value=place.batch_norm),
                fix=Fix(title="call `model.train()` before each pass of training", applicability="unsafe"),
                where=place.switched or place.where,
                severity=Severity.NOTE if place.loaded else None,
            )
