"""CRS302 index-out-of-range."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from bringup.checks.check import Check
from bringup.checks.crash.kinds import Kind, failed_by, operand, shapes
from bringup.checks.reading import number
from bringup.findings import Family, Finding, Measurement, Severity
from bringup.record import FailureFacts, Record


@dataclass(frozen=True, kw_only=True)
class IndexOutOfRange(Check):
    """An index points beyond what it looks into.

    ## What it detects
    Numbers that look up rows (of an embedding, of a tensor, classes of a loss) and lie outside of the range that there
    is.

    ## Why it is bad
    The program ends here; nothing was learned. On a GPU the same fault shows as a device-side assertion in some later
    line.

    ## How it is detected
    The frames of the exception hold the indices and what they look into; the smallest and the largest index are
    compared with the size.

    ## How to fix it
    Where the indices are right, make the table larger: a vocabulary whose ids begin at 1 needs one row more. Where they
    are not, number them from 0 without gaps.

    ## How it is confirmed
    Probe `larger-table`: the script is run again with an embedding that has a row for every number: it goes on past
    the exception.
    """

    code: ClassVar[str] = "CRS302"
    name: ClassVar[str] = "index-out-of-range"
    family: ClassVar[Family] = Family.CRASH
    severity: ClassVar[Severity] = Severity.ERROR
    confirm_with: ClassVar[str | None] = "larger-table"
    bad: ClassVar[str] = """
import torch
from torch import nn


class Tagger(nn.Module):
    def __init__(self, words):
        super().__init__()
        self.embedding = nn.Embedding(words, 16)
        self.head = nn.Linear(16, 2)

    def forward(self, ids):
        return self.head(self.embedding(ids).mean(1))


torch.manual_seed(0)
ids = torch.randint(1, 21, (640, 6))
label = (ids < 8).sum(1).gt((ids > 13).sum(1)).long()
model = Tagger(20)
optimizer = torch.optim.Adam(model.parameters(), lr=2e-2)
for epoch in range(10):
    for start in range(0, 512, 32):
        loss = nn.functional.cross_entropy(model(ids[start : start + 32]), label[start : start + 32])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
with torch.no_grad():
    accuracy = (model(ids[512:]).argmax(1) == label[512:]).float().mean()
print(f"accuracy {accuracy:.3f}")
"""
    good: ClassVar[str] = """
import torch
from torch import nn


class Tagger(nn.Module):
    def __init__(self, words):
        super().__init__()
        self.embedding = nn.Embedding(words, 16)
        self.head = nn.Linear(16, 2)

    def forward(self, ids):
        return self.head(self.embedding(ids).mean(1))


torch.manual_seed(0)
ids = torch.randint(1, 21, (640, 6))
label = (ids < 8).sum(1).gt((ids > 13).sum(1)).long()
model = Tagger(21)
optimizer = torch.optim.Adam(model.parameters(), lr=2e-2)
for epoch in range(10):
    for start in range(0, 512, 32):
        loss = nn.functional.cross_entropy(model(ids[start : start + 32]), label[start : start + 32])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
with torch.no_grad():
    accuracy = (model(ids[512:]).argmax(1) == label[512:]).float().mean()
print(f"accuracy {accuracy:.3f}")
"""

    def detect(self, record: Record) -> Iterator[Finding]:
        """Yield at most one finding."""
        failed = failed_by(record, Kind.INDEX)
        if failed is None:
            return
        if failed.during == "loss":
            yield self.of_target(failed)
            return
        layer, given = failed.layer, operand(failed, "input")
        rows = layer.settings.get("num_embeddings") if layer is not None else None
        if layer is None or rows is None or given is None or given.maximum is None or given.minimum is None:
            yield self.of_operation(failed)
            return
        worst = given.minimum if given.minimum < 0 else given.maximum
        yield self.finding(
            f"`{layer.facts.name}` has {rows} rows, 0 to {rows - 1}, and is asked for row {number(worst)} in {failed.where}",
            Measurement(name="index asked for", value=worst, limit=rows - 1),
            Measurement(name="smallest index", value=given.minimum, limit=0),
            Measurement(name="rows of the embedding", value=rows),
            fix=f"build the embedding with {number(given.maximum + 1)} rows" if worst > 0 else "number the ids from 0",
            where=layer.facts.where or failed.where,
        )

    def of_target(self, failed: FailureFacts) -> Finding:
        """Classes that the model has no output for."""
        target, classes = operand(failed, "target"), failed.related.get("classes")
        lowest, highest = (None, None) if target is None else (target.minimum, target.maximum)
        from_one = lowest is not None and lowest >= 1 and highest == classes
        if from_one:
            fix, where = (
                f"number the classes from 0: subtract 1 from the target, or build {(classes or 0) + 1} outputs",
                failed.where,
            )
        elif lowest is not None and lowest < 0:
            fix, where = "replace the negative classes, or name them in `ignore_index`", failed.where
        else:
            fix = f"build the last layer with {number((highest or 0) + 1)} outputs"
            where = failed.places.get("output layer", failed.where)
        return self.finding(
            f"the model gives {classes} classes, 0 to {(classes or 0) - 1}, and the target holds {number(lowest or 0)} to "
            f"{number(highest or 0)}",
            Measurement(name="largest class of the target", value=highest, limit=None if classes is None else classes - 1),
            Measurement(name="smallest class of the target", value=lowest, limit=0),
            Measurement(name="outputs of the model", value=classes),
            fix=fix,
            where=where,
        )

    def of_operation(self, failed: FailureFacts) -> Finding:
        """An index in the person's own line."""
        return self.finding(
            f"{failed.message.splitlines()[0]} in `{failed.expression}`"
            + (f" with {shapes(failed)}" if failed.operands else ""),
            *[
                Measurement(name=f"largest value of `{entry.name}`", value=entry.tensor.maximum)
                for entry in failed.operands
                if entry.tensor.whole
            ],
            Measurement(name="tensors in the expression", value=len(failed.operands)),
            fix="compare the largest index with the size of the axis that it looks into",
            where=failed.where,
        )
