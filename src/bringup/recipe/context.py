"""What the steps of one run share: each step reads what the ones before it left, and leaves its own."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import numpy as np
import polars as pl

from bringup.comparison.known_results import KnownResult
from bringup.data.schema import Schema
from bringup.data.split import Split
from bringup.diagnosis.error_split import ErrorSplit
from bringup.diagnosis.one_batch import OneBatch
from bringup.errors import BringupError
from bringup.findings import Cause, CheckResult, Finding
from bringup.probes import ProbeResult
from bringup.recipe.dataset import Dataset, Look
from bringup.recipe.document import Candidate, Improvement, StepName
from bringup.recipe.plan import Plan
from bringup.recipe.progress import Progress
from bringup.recipe.trainings import Trainings
from bringup.record import Record
from bringup.training.fit import Fitted

Part = TypeVar("Part")


@dataclass(frozen=True)
class Outcome:
    """The verdict of one gate.

    Attributes:
        passed: Whether the run may go on.
        summary: One sentence for the terminal and the report.
        next_action: What to do; needed where the gate failed.
        cause: Which of the four causes holds it back, where that is known.
    """

    passed: bool
    summary: str
    next_action: str | None = None
    cause: Cause | None = None


@dataclass(frozen=True)
class TestRows:
    """The rows that nothing touches until the end."""

    __test__ = False  # not a test case, whatever its name says to pytest

    frame: pl.DataFrame
    y: np.ndarray
    row_numbers: np.ndarray


@dataclass
class Context:
    """The state of one run.

    Attributes:
        findings: Of all checks, those of columns that were then dropped among them.
        dropped: Columns that the run leaves out, and why.
        resolved: Fingerprints of the findings that the run dealt with itself, and how.
        best: The name of the model that is kept.
    """

    plan: Plan
    folder: Path
    seen: Look
    progress: Progress
    record: Record = field(default_factory=Record)
    findings: tuple[Finding, ...] = ()
    checks: tuple[CheckResult, ...] = ()
    dropped: dict[str, str] = field(default_factory=dict)
    resolved: dict[str, str] = field(default_factory=dict)
    probes: tuple[ProbeResult, ...] = ()
    candidates: tuple[Candidate, ...] = ()
    known: tuple[KnownResult, ...] = ()
    improvements: tuple[Improvement, ...] = ()
    error_split: ErrorSplit | None = None
    one_batch: OneBatch | None = None
    causes: dict[str, Cause] = field(default_factory=dict)
    best: str = ""
    final: Fitted | None = None
    simple_rows: np.ndarray | None = None
    _data: Dataset | None = None
    _test: TestRows | None = None
    _trainings: Trainings | None = None

    @property
    def data(self) -> Dataset:
        """The data that the step `data` read."""
        return self._there(self._data, "data")

    @property
    def test(self) -> TestRows:
        """The test rows that the step `data` set aside."""
        return self._there(self._test, "data")

    @property
    def trainings(self) -> Trainings:
        """Prepared inputs and trained models."""
        return self._there(self._trainings, "data")

    @property
    def schema(self) -> Schema:
        """The schema, without the columns that were dropped."""
        return self.trainings.schema

    @property
    def split(self) -> Split:
        """The split of the first seed."""
        return self.trainings.split(self.plan.seed)

    @property
    def unresolved(self) -> tuple[Finding, ...]:
        """Errors and warnings that the run did not deal with itself, gravest first."""
        return tuple(f for f in self.findings if f.severity.loud and f.fingerprint not in self.resolved)

    def _there(self, value: Part | None, step: StepName) -> Part:
        if value is None:
            raise BringupError(f"the step `{step}` did not run", do="run it first")
        return value
