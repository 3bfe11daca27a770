"""PRE309 fitted-on-held-out-rows."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from bringup.checks.check import Check
from bringup.findings import Family, Finding, Fix, Measurement, Severity
from bringup.record import FitFacts, PreparationFacts, Record

DOES = ("scale", "impute", "reduce", "select")


@dataclass(frozen=True, kw_only=True)
class FittedOnHeldOutRows(Check):
    """A transformer is fitted again on the held-out rows.

    ## What it detects
    A scaler, an imputer, a reduction or a selection of scikit-learn that is fitted on the held-out part of a split
    (`fit_transform` on test rows), after one of its kind was fitted on other rows.

    ## Why it is bad
    The same value means one thing in training and another in the test: each part is shifted by a mean of its own. With
    few rows the difference is large; a reduction even gives axes of another meaning.

    ## How it is detected
    Calls of `train_test_split`, and of `fit` and `fit_transform`: which rows went in is known by their identity, or by
    their number.

    ## How to fix it
    `fit_transform` on training rows, `transform` on all others.

    ## How it is confirmed
    The metric with the transformer that was fitted on training rows.
    """

    code: ClassVar[str] = "PRE309"
    name: ClassVar[str] = "fitted-on-held-out-rows"
    family: ClassVar[Family] = Family.PREPROCESSING
    severity: ClassVar[Severity] = Severity.WARNING
    bad: ClassVar[str] = """
import numpy as np
import torch
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler
from torch import nn

torch.manual_seed(0)
x = np.random.default_rng(0).normal(3, 2, size=(600, 8)).astype("float32")
y = (x[:, :4].sum(1) > 12).astype("int64")
x_train, x_test, y_train, y_test = train_test_split(x, y, test_size=0.3, random_state=0)
scaler = StandardScaler()
x_train = torch.tensor(scaler.fit_transform(x_train))
x_test = torch.tensor(scaler.fit_transform(x_test))
y_train, y_test = torch.tensor(y_train), torch.tensor(y_test)
model = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 2))
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
for epoch in range(15):
    model.train()
    for rows in torch.randperm(len(x_train)).split(42):
        loss = nn.functional.cross_entropy(model(x_train[rows]), y_train[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
model.eval()
with torch.no_grad():
    print("accuracy", (model(x_test).argmax(1) == y_test).float().mean().item())
"""
    good: ClassVar[str] = """
import numpy as np
import torch
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler
from torch import nn

torch.manual_seed(0)
x = np.random.default_rng(0).normal(3, 2, size=(600, 8)).astype("float32")
y = (x[:, :4].sum(1) > 12).astype("int64")
x_train, x_test, y_train, y_test = train_test_split(x, y, test_size=0.3, random_state=0)
scaler = StandardScaler()
x_train = torch.tensor(scaler.fit_transform(x_train))
x_test = torch.tensor(scaler.transform(x_test))
y_train, y_test = torch.tensor(y_train), torch.tensor(y_test)
model = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 2))
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
for epoch in range(15):
    model.train()
    for rows in torch.randperm(len(x_train)).split(42):
        loss = nn.functional.cross_entropy(model(x_train[rows]), y_train[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
model.eval()
with torch.no_grad():
    print("accuracy", (model(x_test).argmax(1) == y_test).float().mean().item())
"""

    rows: int = 2  # fewer cannot be parted

    def detect(self, record: Record) -> Iterator[Finding]:
        """Yield one finding a line."""
        facts: PreparationFacts = record.need("preparation")
        seen: set[str] = set()
        for fit in facts.fits:
            if fit.does not in DOES or fit.rows < self.rows or not is_on_held_out(fit, record) or str(fit.where) in seen:
                continue
            seen.add(str(fit.where))
            yield self.finding(
                f"`{fit.kind}` is fitted on the {fit.rows} held-out rows",
                Measurement(name="rows that it is fitted on", value=fit.rows, unit="row"),
                Measurement(name="columns", value=fit.columns),
                fix=Fix(
                    title="`transform` the held-out rows with what was fitted on the training rows", applicability="unsafe"
                ),
                where=fit.where,
                confidence=0.9 if fit.on == "held-out" else 0.75,
            )


def is_on_held_out(fit: FitFacts, record: Record) -> bool:
    """Whether a fit is on rows that are evaluated and not trained on, and another of its kind came before it."""
    facts: PreparationFacts = record.need("preparation")
    if not fit.again or fit.on == "held-out":
        return fit.again
    if fit.on != "unknown":
        return False
    before = [split for split in facts.splits if split.order < fit.order]
    if any(split.held_out == fit.rows != split.rows - split.held_out for split in before):
        return True
    earlier = {other.rows for other in facts.fits if other.kind == fit.kind and other.order < fit.order}
    trained = {rows.distinct_rows for rows in record.input_rows or ()}
    evaluated = {part.evaluated for part in record.parts or () if part.found < 0.5 and part.evaluated == fit.rows}
    return bool(evaluated) and bool(earlier & trained) and fit.rows not in trained
