"""The sections of a record about the training, in the order of the pipeline: plain numbers and names."""

from typing import Literal

from bringup.findings import Frozen, Where
from bringup.record.facts import Part


class InputFacts(Frozen):
    """One prepared input, over the training rows."""

    name: str
    mean: float
    std: float
    minimum: float
    maximum: float


class PreparedFacts(Frozen):
    """The inputs as the model gets them."""

    rows: int
    inputs: tuple[InputFacts, ...]
    dtype: str
    non_finite: int
    digest: str


class BatchFacts(Frozen):
    """The first batch."""

    rows: int
    shape: tuple[int, ...]
    dtype: str
    target_shape: tuple[int, ...]
    target_dtype: str
    digest: str


class LayerFacts(Frozen):
    """One layer, on the way of the first batch."""

    name: str
    kind: str
    input_shape: tuple[int, ...]
    output_shape: tuple[int, ...]
    dtype: str
    parameters: int
    bytes: int  # parameters, their gradients and the output of this batch
    problem: str | None = None  # why it could not take its input
    where: Where | None = None  # the line that built it


class InitialFacts(Frozen):
    """The model before its first update."""

    weights_digest: str
    loss: float
    expected_loss: float | None = None  # by theory: ln C for classes, the variance of the target for squared error
    output_std: float | None = None


class PredictionFacts(Frozen):
    """Predictions on one part."""

    part: Part
    digest: str
    rows: int
    confusion: tuple[tuple[int, ...], ...] = ()  # rows: truth, columns: prediction, in the order of the target's classes


class CostFacts(Frozen):
    """What the training took."""

    seconds: float
    steps: int
    epochs: int
    examples_per_second: float
    peak_bytes: int
    parameters: int
    stopped_by: Literal["patience", "epochs", "steps", "diverged", "interrupted"]
