"""The sections of a record about the data, in the order of the pipeline: plain numbers and names, a record holds no data."""

from typing import Literal

from pydantic import Field

from bringup.findings import Frozen

Task = Literal["classification", "regression", "clustering", "anomaly", "representation", "control"]
Part = Literal["train", "validation", "test"]
Role = Literal["number", "category", "date", "text", "identifier", "constant", "target", "dropped"]


class FileFacts(Frozen):
    """One file that was read; `digest` is of its bytes, or of its head, size and tail where it is larger than 64 MB."""

    name: str
    bytes: int
    digest: str


class RawFacts(Frozen):
    """The raw data as they were found."""

    name: str
    format: str
    files: tuple[FileFacts, ...]
    rows: int
    columns: int
    digest: str
    notes: tuple[str, ...] = ()
    rows_read: int | None = None  # rows that the facts below were measured on, where not all


class ApartFacts(Frozen):
    """An outermost value of a column that stands apart from all others, as a code for "unknown" or a slip of the pen does.

    Attributes:
        value: The value: the smallest or the largest of the column.
        count: How many rows have it.
        gap: The distance to the next value.
        usual_gap: The median distance between the values that follow.
        rest_mean: The mean without it; likewise the standard deviation and the range.
    """

    value: float
    count: int
    gap: float
    usual_gap: float
    rest_mean: float
    rest_std: float
    rest_span: float


class ColumnFacts(Frozen):
    """One column: what it holds, measured on the rows that were read.

    Attributes:
        dtype: "float", "int", "bool", "string", "date".
        missing: Rows without a value, every known token for "missing" counted in.
        tokens: How often each token was read as missing ("?": 1836).
        unreadable: Rows whose text could not be read as the column's type (text in a number column), read as missing.
        top: The commonest values as text, with their counts.
        unit_gap: The smallest positive difference between two sorted values (numbers only).
        increasing: Whether the values never fall from row to row (numbers and dates with more than one value).
        apart: Outermost values that stand apart from the rest.
    """

    name: str
    role: Role
    dtype: str
    rows: int
    missing: int
    distinct: int
    reason: str = ""
    tokens: dict[str, int] = Field(default_factory=dict)
    unreadable: int = 0
    unreadable_examples: tuple[str, ...] = ()
    infinite: int = 0
    top: tuple[tuple[str, int], ...] = ()
    mean: float | None = None
    std: float | None = None
    minimum: float | None = None
    maximum: float | None = None
    quantiles: tuple[float, ...] = ()  # at 1, 5, 25, 50, 75, 95, 99 %
    zeros: int = 0
    negatives: int = 0
    variants: tuple[tuple[str, ...], ...] = ()  # groups of values that differ only by case, blanks or a final stop
    padded: int = 0  # values with blanks around them
    unit_gap: float | None = None
    increasing: bool = False
    apart: tuple[ApartFacts, ...] = ()
    digest: str = ""


class TargetFacts(Frozen):
    """What is to be predicted.

    Attributes:
        infinite: Rows whose target is infinite (regression).
        neighbours: How alike the targets of neighbouring rows are, 0 for shuffled rows and 1 for sorted ones. Classification:
        agreement
            beyond chance (Cohen's kappa). Regression: autocorrelation at lag 1.
    """

    name: str
    task: Task
    rows: int
    missing: int
    classes: tuple[tuple[str, int], ...] = ()  # classification: value and count, commonest first
    mean: float | None = None
    std: float | None = None
    minimum: float | None = None
    maximum: float | None = None
    skewness: float | None = None
    infinite: int = 0
    neighbours: float | None = None


class FeaturePower(Frozen):
    """How well one column alone predicts the target, on rows that the rule was not fitted to.

    Attributes:
        score: Classification: area under the ROC curve, macro one-against-rest (0.5 is chance). Regression: R².
        share: The share of rows on which the column gives the target exactly.
        determined: Classification only, the accuracy of the best rule by this column beyond the majority, as a share of what is
        left.
        missing_score: The score of knowing only whether the column has a value.
    """

    column: str
    score: float
    share: float = 0.0
    determined: float = 0.0
    missing_score: float | None = None


class Relation(Frozen):
    """An exact relation between columns.

    kind: "copy" (the same values), "sum" (columns add up to `of`), "difference", "log", "scale" (a multiple), "one-to-one"
    (renamed values).
    """

    kind: Literal["copy", "sum", "difference", "log", "scale", "one-to-one"]
    columns: tuple[str, ...]
    of: str
    share: float  # of rows on which it holds
    beyond_chance: float = 1.0  # Cohen's kappa of the two, where values are few and agreement by chance is likely


class RelationFacts(Frozen):
    """What the columns have to do with the target and with each other, measured before any training."""

    rows: int
    power: tuple[FeaturePower, ...] = ()
    with_target: tuple[Relation, ...] = ()
    among_inputs: tuple[Relation, ...] = ()


class DuplicateFacts(Frozen):
    """Rows that occur more than once; a copy is every occurrence after the first."""

    rows: int
    copies: int  # the same in every column
    input_copies: int  # the same in every column but the target
    conflicting: int  # copies in the inputs whose target differs
    expected: float  # copies that chance alone would give if the columns were independent
    expected_inputs: float = 0.0  # the same for copies in the inputs
    across: dict[str, int] = Field(
        default_factory=dict
    )  # "train-test": rows of the second part whose inputs are found in the first


class ShiftFacts(Frozen):
    """How far one column of a part lies from the same column of the training rows.

    Attributes:
        distance: Numbers: difference of means in training standard deviations. Categories: total variation distance.
        missing: Difference in the share of missing values.
    """

    column: str
    part: Part
    distance: float
    noise: float = 0.0  # the distance that chance alone gives (one standard error)
    missing: float = 0.0
    unseen: float = 0.0  # share of rows with a value that the training rows do not have


class PartFacts(Frozen):
    """One part of a split."""

    rows: int
    digest: str
    classes: tuple[tuple[str, int], ...] = ()
    mean: float | None = None


class SplitFacts(Frozen):
    """How the rows were parted."""

    method: Literal["stratified", "random", "group", "time", "given"]
    parts: dict[Part, PartFacts]
    by: str | None = None  # the group or time column
    shift: tuple[ShiftFacts, ...] = ()
    discriminated: float | None = None  # AUC of telling test rows from training rows; 0.5 is no shift
    label_variants: tuple[tuple[str, str], ...] = ()  # label in training data, its other spelling in test data
