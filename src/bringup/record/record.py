"""The record itself."""

from typing import Any, Literal

from pydantic import Field

from bringup.errors import NotApplicable
from bringup.findings import Frozen
from bringup.record.facts import (
    ColumnFacts,
    DuplicateFacts,
    RawFacts,
    RelationFacts,
    SplitFacts,
    TargetFacts,
)
from bringup.record.loss_facts import LossFacts
from bringup.record.program_facts import CallFacts, ProgramFacts
from bringup.record.series import Series
from bringup.record.training_facts import (
    BatchFacts,
    CostFacts,
    InitialFacts,
    LayerFacts,
    PredictionFacts,
    PreparedFacts,
)

WORDS = {
    "raw": "the raw data",
    "columns": "the columns of the data",
    "target": "the target",
    "relations": "how the columns relate to the target",
    "duplicates": "duplicated rows",
    "split": "a split",
    "prepared": "the prepared inputs",
    "batch": "the first batch",
    "layers": "the layers",
    "initial": "the model before its first update",
    "cost": "what the training took",
    "program": "a program",
    "calls": "calls of a model",
    "losses": "a loss function of torch",
}


class Record(Frozen):
    """What one training did, stage by stage; a section is None (or empty) where the stage was not seen.

    Series are named `part/quantity`: "train/loss", "validation/loss", "validation/accuracy", "gradient/norm", "update/ratio",
    "one-batch/loss". Metrics are per part: `metrics["test"]["accuracy"]`.
    """

    schema_version: Literal[1] = 1
    origin: Literal["pipeline", "capture"] = "pipeline"
    model: str | None = None
    seed: int = 0
    settings: dict[str, Any] = Field(default_factory=dict)
    raw: RawFacts | None = None
    columns: tuple[ColumnFacts, ...] | None = None
    target: TargetFacts | None = None
    relations: RelationFacts | None = None
    duplicates: DuplicateFacts | None = None
    split: SplitFacts | None = None
    prepared: PreparedFacts | None = None
    batch: BatchFacts | None = None
    layers: tuple[LayerFacts, ...] | None = None
    initial: InitialFacts | None = None
    series: dict[str, Series] = Field(default_factory=dict)
    metrics: dict[str, dict[str, float]] = Field(default_factory=dict)
    predictions: tuple[PredictionFacts, ...] = ()
    cost: CostFacts | None = None
    versions: dict[str, str] = Field(default_factory=dict)
    program: ProgramFacts | None = None
    calls: tuple[CallFacts, ...] | None = None
    losses: tuple[LossFacts, ...] | None = None

    def need(self, section: str) -> Any:
        """Return a section.

        Raises:
            NotApplicable: if this record does not hold it.
        """
        value = getattr(self, section)
        if value is None:
            raise NotApplicable(f"the run did not record {WORDS.get(section, section)}")
        return value

    def need_series(self, name: str, *, length: int = 1) -> Series:
        """Return a series of at least `length` values.

        Raises:
            NotApplicable: if it was not recorded, or is shorter.
        """
        series = self.series.get(name)
        if series is None or len(series) < length:
            seen = 0 if series is None else len(series)
            raise NotApplicable(f"the run recorded {seen} of the {length} values of {name} that are needed")
        return series

    def with_(self, **sections: Any) -> "Record":
        """Return a copy with these sections replaced."""
        return self.model_copy(update=sections)
