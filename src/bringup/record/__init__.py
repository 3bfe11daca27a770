"""What one training did, at its stage boundaries: the one thing that everything else reads."""

from bringup.record.digest import digest
from bringup.record.facts import (
    ApartFacts,
    ColumnFacts,
    DuplicateFacts,
    FeaturePower,
    FileFacts,
    Part,
    PartFacts,
    RawFacts,
    Relation,
    RelationFacts,
    Role,
    ShiftFacts,
    SplitFacts,
    TargetFacts,
    Task,
)
from bringup.record.loss_facts import ActivationFacts, LossFacts
from bringup.record.program_facts import CallFacts, Ending, ProgramFacts, TensorFacts, Use
from bringup.record.record import Record
from bringup.record.series import Series
from bringup.record.store import read_record, write_bytes, write_record, write_text
from bringup.record.training_facts import (
    BatchFacts,
    CostFacts,
    InitialFacts,
    InputFacts,
    LayerFacts,
    PredictionFacts,
    PreparedFacts,
)

__all__ = [
    "ActivationFacts",
    "ApartFacts",
    "BatchFacts",
    "CallFacts",
    "ColumnFacts",
    "CostFacts",
    "DuplicateFacts",
    "Ending",
    "FeaturePower",
    "FileFacts",
    "InitialFacts",
    "InputFacts",
    "LayerFacts",
    "LossFacts",
    "Part",
    "PartFacts",
    "PredictionFacts",
    "PreparedFacts",
    "ProgramFacts",
    "RawFacts",
    "Record",
    "Relation",
    "RelationFacts",
    "Role",
    "Series",
    "ShiftFacts",
    "SplitFacts",
    "TargetFacts",
    "Task",
    "TensorFacts",
    "Use",
    "digest",
    "read_record",
    "write_bytes",
    "write_record",
    "write_text",
]
