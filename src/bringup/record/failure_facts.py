"""The section of a record about the exception that ended a program."""

from typing import Any, Literal

from pydantic import Field

from bringup.findings import Frozen, Where
from bringup.record.program_facts import TensorFacts
from bringup.record.training_facts import LayerFacts

During = Literal["data", "model", "loss", "backward", "step", "other"]


class OperandFacts(Frozen):
    """One thing that a failed operation was given.

    Attributes:
        name: The argument, as its function calls it ("input", "weight"), or the expression in the person's line ("h @ w").
        where: The line that made it, where that was seen.
    """

    name: str
    tensor: TensorFacts
    where: Where | None = None


class FailedLayerFacts(Frozen):
    """The innermost layer of torch that an exception came through.

    Attributes:
        facts: What it was given; `where` is the line that built it.
        settings: Its sizes: `in_features`, `num_embeddings`…
        built_by: The lines that led to its construction, innermost first.
        takes: The size that it was made for, on the axis counted from the end (`axis` -1 is the last); None where it takes any.
        before: The layer whose output it was given, by the order of calls.
    """

    facts: LayerFacts
    settings: dict[str, Any] = Field(default_factory=dict)
    built_by: tuple[Where, ...] = ()
    takes: int | None = None
    axis: int | None = None
    before: LayerFacts | None = None


class FailureFacts(Frozen):
    """The exception that ended a program, and what was on the way.

    Attributes:
        type: The class of the exception.
        library: Who raised it: "torch", "numpy", "sklearn", "python", or "program" for the person's own code; `version` of it.
        where: The innermost of the person's lines; `callers` the outer ones.
        during: What the program was about.
        expression: The source of what failed in that line.
        operation: The innermost function of a library that has a name a person knows: "linear", "cross_entropy", "collate".
        operands: What went into it.
        layer: The innermost layer of torch, if the exception came out of a model.
        layers: All layers that ran before, and the one that failed.
        rows: The first axis of what the model was given; `usual_rows` in most of the calls before.
        items: The examples that were to be put into one batch.
        places: Other lines that have to do with it, by what they are: "loader", "output layer", "made", "changed", "reused"…
        related: Plain facts of the same kind: `classes`, `lowest_target`, `missing_keys`…
    """

    type: str
    message: str
    library: str = "python"
    version: str = ""
    where: Where | None = None
    callers: tuple[Where, ...] = ()
    during: During = "other"
    expression: str = ""
    operation: str = ""
    operands: tuple[OperandFacts, ...] = ()
    layer: FailedLayerFacts | None = None
    layers: tuple[LayerFacts, ...] = ()
    rows: int | None = None
    usual_rows: int | None = None
    items: tuple[TensorFacts, ...] = ()
    places: dict[str, Where] = Field(default_factory=dict)
    related: dict[str, Any] = Field(default_factory=dict)
