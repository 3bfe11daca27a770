"""SPL302 fitted-before-split."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from bringup.checks.check import Check
from bringup.findings import Family, Finding, Fix, Measurement, Severity
from bringup.record import FitFacts, PreparationFacts, Record

DOES = ("scale", "impute", "reduce", "select", "encode")


@dataclass(frozen=True, kw_only=True)
class FittedBeforeSplit(Check):
    """A transformer is fitted on all rows, and they are split afterwards.

    ## What it detects
    A selection of features or an encoding by the target, fitted on as many rows as are split afterwards: a warning where
    it chose from {columns} columns or more and from at least {share:g} columns a row. Otherwise, and for scaling,
    imputing and reducing, a note: there the leak is small.

    ## Why it is bad
    What was fitted knows the rows that are to judge. A selection by the target among many columns picks those that fit
    the test rows by chance: pure noise then scores far above chance.

    ## How it is detected
    The order of calls of `fit`, `train_test_split` and the `split` of folds in scikit-learn, and their numbers of rows.

    ## How to fix it
    Split first, fit on the training rows, transform both parts.

    ## How it is confirmed
    The metric with what was fitted on training rows only.
    """

    code: ClassVar[str] = "SPL302"
    name: ClassVar[str] = "fitted-before-split"
    family: ClassVar[Family] = Family.SPLIT
    severity: ClassVar[Severity] = Severity.WARNING
    bad: ClassVar[str] = """
import numpy as np
import torch
from sklearn.feature_selection import SelectKBest
from sklearn.model_selection import train_test_split
from torch import nn

torch.manual_seed(0)
random = np.random.default_rng(0)
genes = random.normal(size=(400, 600)).astype("float32")
ill = (genes[:, :6].sum(1) > 0).astype("int64")
x = SelectKBest(k=20).fit_transform(genes, ill)
parts = train_test_split(x, ill, test_size=0.3, random_state=0)
x_train, x_test, y_train, y_test = (torch.tensor(part) for part in parts)
model = nn.Sequential(nn.Linear(20, 16), nn.ReLU(), nn.Linear(16, 2))
optimizer = torch.optim.Adam(model.parameters(), lr=0.005)
for epoch in range(12):
    model.train()
    for rows in torch.randperm(280).split(40):
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
from sklearn.feature_selection import SelectKBest
from sklearn.model_selection import train_test_split
from torch import nn

torch.manual_seed(0)
random = np.random.default_rng(0)
genes = random.normal(size=(400, 600)).astype("float32")
ill = (genes[:, :6].sum(1) > 0).astype("int64")
x_train, x_test, y_train, y_test = train_test_split(genes, ill, test_size=0.3, random_state=0)
choice = SelectKBest(k=20).fit(x_train, y_train)
x_train, x_test = torch.tensor(choice.transform(x_train)), torch.tensor(choice.transform(x_test))
y_train, y_test = torch.tensor(y_train), torch.tensor(y_test)
model = nn.Sequential(nn.Linear(20, 16), nn.ReLU(), nn.Linear(16, 2))
optimizer = torch.optim.Adam(model.parameters(), lr=0.005)
for epoch in range(12):
    model.train()
    for rows in torch.randperm(280).split(40):
        loss = nn.functional.cross_entropy(model(x_train[rows]), y_train[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
model.eval()
with torch.no_grad():
    print("accuracy", (model(x_test).argmax(1) == y_test).float().mean().item())
"""

    columns: int = 50
    share: float = 0.2  # columns a row

    def detect(self, record: Record) -> Iterator[Finding]:
        """Yield one finding a line."""
        facts: PreparationFacts = record.need("preparation")
        seen: set[str] = set()
        for fit in facts.fits:
            after = [split for split in facts.splits if split.order > fit.order and split.rows == fit.rows]
            if fit.does not in DOES or not after or fit.on == "train" or str(fit.where) in seen:
                continue
            if any(split.order < fit.order and split.rows > fit.rows for split in facts.splits):
                continue  # the rows are already the training part of another split
            seen.add(str(fit.where))
            severe = self.is_severe(fit)
            yield self.finding(
                f"`{fit.kind}` is fitted on all {fit.rows} rows, which are split afterwards",
                Measurement(name="rows that it is fitted on", value=fit.rows, unit="row"),
                Measurement(name="columns", value=fit.columns, limit=self.columns if severe else None),
                fix=Fix(title="split first, and fit on the training rows", applicability="unsafe"),
                where=fit.where,
                severity=Severity.WARNING if severe else Severity.NOTE,
                confidence=0.85 if severe else 0.6,
            )

    def is_severe(self, fit: FitFacts) -> bool:
        """Whether the target helped to choose from many columns."""
        many = fit.columns >= self.columns and fit.columns >= self.share * fit.rows
        return fit.supervised and fit.does in ("select", "encode") and many
