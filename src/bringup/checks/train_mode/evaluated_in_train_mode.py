"""MOD302 evaluated-in-train-mode."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from bringup.checks.check import Check
from bringup.errors import NotApplicable
from bringup.findings import Family, Finding, Fix, Measurement, Severity
from bringup.record import ModeFacts, Record


@dataclass(frozen=True, kw_only=True)
class EvaluatedInTrainMode(Check):
    """The model is judged in train mode.

    ## What it detects
    Predictions that are made while dropout drops units and batch norm normalises by the batch at hand, and learns from it.

    ## Why it is bad
    The score is that of a damaged network, changes from run to run and with the size of the batch, and the statistics of
    batch norm take in the test data.

    ## How it is detected
    From a place whose calls no gradient comes from, the model is called in train mode after it was trained. Not counted
    are: the batch that was just trained on, and rows that were trained on ({known} of them and more); the same input again
    and again, by which dropout tells how sure a model is; a generator that is trained with another model; and places that
    are called at nearly every step with new rows, as for targets.

    ## How to fix it
    Call `model.eval()` before the evaluation, and `model.train()` after it.

    ## How it is confirmed
    Probe `steady-answers`: evaluated rows are asked twice, as the script does and in eval mode: only there are the
    answers the same.
    """

    code: ClassVar[str] = "MOD302"
    name: ClassVar[str] = "evaluated-in-train-mode"
    family: ClassVar[Family] = Family.TRAIN_MODE
    severity: ClassVar[Severity] = Severity.ERROR
    confirm_with: ClassVar[str | None] = "steady-answers"
    bad: ClassVar[str] = """
import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(768, 8)
y = (x[:, 0] + x[:, 1] > 0).long()
model = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Dropout(0.3), nn.Linear(32, 2))
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
for epoch in range(10):
    model.train()
    for batch in torch.randperm(512).split(64):
        loss = nn.functional.cross_entropy(model(x[batch]), y[batch])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
with torch.no_grad():
    print((model(x[512:]).argmax(1) == y[512:]).float().mean())
"""
    good: ClassVar[str] = """
import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(768, 8)
y = (x[:, 0] + x[:, 1] > 0).long()
model = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Dropout(0.3), nn.Linear(32, 2))
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
for epoch in range(10):
    for batch in torch.randperm(512).split(64):
        loss = nn.functional.cross_entropy(model(x[batch]), y[batch])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        with torch.no_grad():
            right = (model(x[batch]).argmax(1) == y[batch]).float().mean()
model.train()  # dropout stays on: the spread of many answers tells how sure the model is
x_test = x[512:]
with torch.no_grad():
    answers = torch.stack([model(x_test).softmax(1) for _ in range(20)])
print((answers.mean(0).argmax(1) == y[512:]).float().mean(), answers.std(0).mean())
"""

    known: float = 0.3  # of the rows
    often: float = 0.5  # of the steps

    def detect(self, record: Record) -> Iterator[Finding]:
        """Yield a finding for each place."""
        places: tuple[ModeFacts, ...] = record.need("modes")
        trained = {place.model_number for place in places if place.backwards}
        if not trained:
            raise NotApplicable("no model with dropout or batch norm was trained")
        steps = 0 if record.program is None else record.program.steps
        several = sum(optimizer.steps > 0 for optimizer in record.optimizers or ()) > 1
        generators = {place.model_number for place in places if place.feeds} if several else set()
        for place in places:
            if place.model_number not in trained or place.model_number in generators or not self.counts(place, steps):
                continue
            yield self.finding(
                f"{place.model} is judged in train mode: {place.judging_in_train} of {place.judging} calls",
                Measurement(name="calls in train mode", value=place.judging_in_train),
                Measurement(name="calls that no gradient comes from", value=place.judging),
                Measurement(name="layers with dropout", value=place.dropout),
                Measurement(name="layers with batch norm", value=place.batch_norm),
                Measurement(name="share of rows that were trained on", value=place.known_rows, limit=self.known),
                fix=Fix(title="call `model.eval()` before, and `model.train()` after it", applicability="unsafe"),
                where=place.where,
            )

    def counts(self, place: ModeFacts, steps: int) -> bool:
        """Whether a place judges the model, in the wrong mode."""
        if not place.judging_in_train or 2 * place.judging_in_train < place.judging:
            return False
        interleaved = place.runs >= self.often * steps and place.runs > 1 and not place.fixed
        return not interleaved and place.known_rows < self.known and 2 * place.repeated < place.judging
