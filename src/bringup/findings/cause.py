"""The four causes of a poor result, the families of faults under each, and how much a finding matters."""

from enum import StrEnum


class Cause(StrEnum):
    """Why a model performs worse than it should; in the order in which they must be ruled out."""

    IMPLEMENTATION = "implementation"
    HYPERPARAMETERS = "hyperparameters"
    DATA_MODEL_FIT = "data-model-fit"
    DATASET = "dataset"


class Family(StrEnum):
    """A kind of fault. The value is its name in reports; `prefix` begins the codes of its checks."""

    prefix: str
    cause: Cause

    def __new__(cls, name: str, prefix: str, cause: Cause) -> "Family":
        member = str.__new__(cls, name)
        member._value_ = name
        member.prefix = prefix
        member.cause = cause
        return member

    SHAPES = "shapes", "SHP", Cause.IMPLEMENTATION
    PREPROCESSING = "preprocessing", "PRE", Cause.IMPLEMENTATION
    LOSS_INPUT = "loss-input", "LOS", Cause.IMPLEMENTATION
    TRAIN_MODE = "train-mode", "MOD", Cause.IMPLEMENTATION
    NUMERICS = "numerics", "NUM", Cause.IMPLEMENTATION
    UPDATE = "update", "UPD", Cause.IMPLEMENTATION
    CRASH = "crash", "CRS", Cause.IMPLEMENTATION
    MEMORY = "memory", "MEM", Cause.IMPLEMENTATION
    EVALUATION = "evaluation", "EVL", Cause.IMPLEMENTATION
    LEARNING_RATE = "learning-rate", "LRN", Cause.HYPERPARAMETERS
    BATCH_SIZE = "batch-size", "BAT", Cause.HYPERPARAMETERS
    REGULARIZATION = "regularization", "REG", Cause.HYPERPARAMETERS
    SCHEDULE = "schedule", "SCH", Cause.HYPERPARAMETERS
    INITIALIZATION = "initialization", "INI", Cause.HYPERPARAMETERS
    EPOCHS = "epochs", "EPO", Cause.HYPERPARAMETERS
    CAPACITY = "capacity", "CAP", Cause.DATA_MODEL_FIT
    ARCHITECTURE = "architecture", "ARC", Cause.DATA_MODEL_FIT
    LABELS = "labels", "LAB", Cause.DATASET
    IMBALANCE = "imbalance", "IMB", Cause.DATASET
    LEAKAGE = "leakage", "LEK", Cause.DATASET
    SPLIT = "split", "SPL", Cause.DATASET
    SIZE = "size", "SIZ", Cause.DATASET
    FEATURES = "features", "FEA", Cause.DATASET
    ORDER = "order", "ORD", Cause.DATASET


class Severity(StrEnum):
    """How much a finding matters."""

    ERROR = "error"  # the result cannot be trusted
    WARNING = "warning"  # training is hurt
    NOTE = "note"  # worth knowing; never fails a run

    @property
    def loud(self) -> bool:
        """Whether a finding of this severity makes a verdict faulty."""
        return self is not Severity.NOTE
