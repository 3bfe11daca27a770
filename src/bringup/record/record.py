"""The record itself."""

from typing import Any, Literal

from pydantic import Field

from bringup.errors import NotApplicable
from bringup.findings import Frozen
from bringup.record.evaluation_facts import ChoiceFacts, LoopFacts
from bringup.record.facts import (
    ColumnFacts,
    DuplicateFacts,
    RawFacts,
    RelationFacts,
    SplitFacts,
    TargetFacts,
)
from bringup.record.failure_facts import FailureFacts
from bringup.record.graph_facts import BroadcastFacts, GraphFacts, MixingFacts, SingleFacts, ViewFacts
from bringup.record.layer_facts import SignalFacts, UnitFacts, WeightFacts
from bringup.record.loss_facts import LossFacts
from bringup.record.mode_facts import DropoutFacts, ModeFacts, NormFacts
from bringup.record.numeric_facts import NonFiniteFacts
from bringup.record.preparation_facts import PreparationFacts
from bringup.record.program_facts import CallFacts, ProgramFacts
from bringup.record.rows_facts import (
    AgreementFacts,
    AnswersFacts,
    BottleneckFacts,
    ClassAxisFacts,
    InputRowsFacts,
    LabelOrderFacts,
    PartsFacts,
)
from bringup.record.seen_facts import CriterionFacts, FirstLayerFacts, SourceFacts, WidthFacts
from bringup.record.series import Series
from bringup.record.training_facts import (
    BatchFacts,
    CostFacts,
    InitialFacts,
    LayerFacts,
    PredictionFacts,
    PreparedFacts,
)
from bringup.record.update_facts import (
    AheadFacts,
    AttentionFacts,
    CarriedFacts,
    ClipFacts,
    CopyFacts,
    DirectionFacts,
    HandFacts,
    HeadFacts,
    HorizonFacts,
    KeptFacts,
    OptimizerFacts,
    ParameterFacts,
    PenaltyFacts,
    SchedulerFacts,
    WeighedFacts,
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
    "graphs": "the graph of a loss",
    "broadcasts": "operations on tensors of different shapes",
    "views": "views of tensors",
    "singles": "largest values over an axis",
    "mixing": "whether the examples of a batch reach each other",
    "failure": "an exception",
    "non_finite": "a loss that is not finite",
    "weights": "weights that an optimizer trains",
    "signals": "the first pass through a network",
    "units": "activation functions",
    "optimizers": "an optimizer",
    "attentions": "attention over sequences that are filled up",
    "copies": "copies of a model that is trained",
    "heads": "the last layer of a model",
    "unheld": "the parameters that a loss depends on",
    "schedulers": "a learning-rate scheduler",
    "clips": "gradients that were clipped by their norm",
    "carried": "the graphs of several steps",
    "directions": "an error that a loss is made of",
    "kept": "calls of a model with gradients on",
    "horizons": "a model of sequences",
    "ahead": "a model that predicts the next element of its input",
    "modes": "calls of a model",
    "dropouts": "calls of a model in eval mode",
    "norms": "a batch norm",
    "by_hand": "weights that the program changes itself",
    "penalties": "a backward pass",
    "weighed": "a backward pass",
    "sources": "where the data come from",
    "first_layers": "the first layer of a model",
    "widths": "the layers of a model",
    "criteria": "a loss module",
    "preparation": "the preparation of the data",
    "loops": "loops over evaluation batches",
    "choices": "choices of a class",
    "input_rows": "rows that a model was trained on",
    "parts": "rows that were evaluated, beside those that were trained on",
    "label_order": "the order of labels",
    "answers": "answers of a model, with their truth",
    "bottlenecks": "a model that gives back its input",
    "agreements": "an evaluation with known truths that is answered by chance",
    "class_axes": "the axis of the classes",
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
    graphs: tuple[GraphFacts, ...] | None = None
    broadcasts: tuple[BroadcastFacts, ...] | None = None
    views: tuple[ViewFacts, ...] | None = None
    singles: tuple[SingleFacts, ...] | None = None
    mixing: tuple[MixingFacts, ...] | None = None
    failure: FailureFacts | None = None
    non_finite: NonFiniteFacts | None = None
    weights: tuple[WeightFacts, ...] | None = None
    signals: tuple[SignalFacts, ...] | None = None
    units: tuple[UnitFacts, ...] | None = None
    optimizers: tuple[OptimizerFacts, ...] | None = None
    attentions: tuple[AttentionFacts, ...] | None = None
    copies: tuple[CopyFacts, ...] | None = None
    heads: tuple[HeadFacts, ...] | None = None
    unheld: tuple[ParameterFacts, ...] | None = None
    schedulers: tuple[SchedulerFacts, ...] | None = None
    clips: tuple[ClipFacts, ...] | None = None
    carried: tuple[CarriedFacts, ...] | None = None
    directions: tuple[DirectionFacts, ...] | None = None
    kept: tuple[KeptFacts, ...] | None = None
    ahead: tuple[AheadFacts, ...] | None = None
    horizons: tuple[HorizonFacts, ...] | None = None
    modes: tuple[ModeFacts, ...] | None = None
    dropouts: tuple[DropoutFacts, ...] | None = None
    norms: tuple[NormFacts, ...] | None = None
    by_hand: HandFacts | None = None
    penalties: tuple[PenaltyFacts, ...] | None = None
    weighed: tuple[WeighedFacts, ...] | None = None
    sources: tuple[SourceFacts, ...] | None = None
    first_layers: tuple[FirstLayerFacts, ...] | None = None
    widths: tuple[WidthFacts, ...] | None = None
    criteria: tuple[CriterionFacts, ...] | None = None
    preparation: PreparationFacts | None = None
    loops: tuple[LoopFacts, ...] | None = None
    choices: tuple[ChoiceFacts, ...] | None = None
    input_rows: tuple[InputRowsFacts, ...] | None = None
    parts: tuple[PartsFacts, ...] | None = None
    label_order: tuple[LabelOrderFacts, ...] | None = None
    answers: tuple[AnswersFacts, ...] | None = None
    bottlenecks: tuple[BottleneckFacts, ...] | None = None
    agreements: tuple[AgreementFacts, ...] | None = None
    class_axes: tuple[ClassAxisFacts, ...] | None = None

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
