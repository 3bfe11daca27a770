"""What a run says in the end: the content of `run.json`, which reports draw and programs read."""

from typing import Any, Literal

from bringup.comparison.known_results import KnownResult
from bringup.diagnosis.error_split import ErrorSplit
from bringup.findings import Cause, CheckResult, Finding, Frozen
from bringup.probes.result import ProbeResult
from bringup.record import Task
from bringup.record.plain import sayable

StepName = Literal[
    "plan", "data", "simplify", "twin", "run", "overfit-one-batch", "train", "compare", "evaluate", "improve", "lock"
]
STEPS: tuple[StepName, ...] = (
    "plan",
    "data",
    "simplify",
    "twin",
    "run",
    "overfit-one-batch",
    "train",
    "compare",
    "evaluate",
    "improve",
    "lock",
)


class Verdict(Frozen):
    """The one sentence that matters."""

    status: Literal["good", "held-back", "stopped"]
    step: StepName | None = None
    cause: Cause | None = None
    summary: str
    next_action: str


class StepResult(Frozen):
    """One gate of the recipe."""

    step: StepName
    status: Literal["passed", "failed", "skipped"]
    summary: str
    seconds: float
    next_action: str | None = None


class Candidate(Frozen):
    """One model, on the same split and seeds as the others.

    `low` and `high` bound the test figure at 95 % (bootstrap over test rows). `difference` is the paired difference to the
    constant on validation rows over seeds, with its 95 % interval; positive is better.
    """

    model: str
    metric: str
    validation: float
    test: float | None
    low: float | None
    high: float | None
    chosen: bool = False
    train: float | None = None
    seeds: int = 1
    spread: float | None = None  # standard deviation of the validation figure over seeds
    difference: float | None = None
    difference_low: float | None = None
    difference_high: float | None = None
    seconds: float = 0.0
    parameters: int | None = None
    description: str = ""


class Improvement(Frozen):
    """One attempt to do better: kept only when better beyond noise."""

    change: str
    before: float
    after: float
    difference_low: float
    difference_high: float
    kept: bool


class RunDocument(Frozen):
    """Everything that a run has to say. `record.json` beside it holds the measurements."""

    schema_version: Literal[1] = 1
    folder: str
    report: str
    data: str
    task: Task
    target: str | None
    rows: int
    seed: int
    verdict: Verdict
    steps: tuple[StepResult, ...] = ()
    findings: tuple[Finding, ...] = ()
    resolved: dict[str, str] = {}  # fingerprints of findings that the run dealt with itself, and how
    checks: tuple[CheckResult, ...] = ()
    metrics: dict[str, dict[str, float]] = {}
    candidates: tuple[Candidate, ...] = ()
    known_results: tuple[KnownResult, ...] = ()
    probes: tuple[ProbeResult, ...] = ()
    error_split: ErrorSplit | None = None
    improvements: tuple[Improvement, ...] = ()
    plan: dict[str, Any] = {}
    seconds: float = 0.0
    version: str = ""

    def to_json(self) -> dict[str, Any]:
        """The document as the plain values of `run.json`; the field `schema_version` is written as `schema`."""
        content = sayable(self.model_dump(mode="json"))
        return {"schema": content.pop("schema_version"), **content}

    @classmethod
    def from_json(cls, content: dict[str, Any]) -> "RunDocument":
        """The inverse of `to_json`. Raises pydantic's `ValidationError` (a `ValueError`) where it is no such document."""
        given = dict(content)
        return cls.model_validate({"schema_version": given.pop("schema", 1), **given})
