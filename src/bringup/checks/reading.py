"""What several checks read in a record, and how they say it."""

from bringup.errors import NotApplicable
from bringup.record import ColumnFacts, Record, RelationFacts, SplitFacts, TargetFacts

INPUTS = ("number", "category", "date", "text")


def columns(record: Record) -> tuple[ColumnFacts, ...]:
    """All columns."""
    found: tuple[ColumnFacts, ...] = record.need("columns")
    return found


def inputs(record: Record) -> tuple[ColumnFacts, ...]:
    """The columns that a model may read."""
    return tuple(column for column in columns(record) if column.role in INPUTS)


def target(record: Record) -> TargetFacts:
    """The target."""
    found: TargetFacts = record.need("target")
    return found


def class_counts(record: Record, *, at_least: int = 2) -> tuple[tuple[str, int], ...]:
    """The classes and their rows, commonest first.

    Raises:
        NotApplicable: for other tasks than classification, or fewer classes.
    """
    facts = target(record)
    if facts.task != "classification":
        raise NotApplicable("the target is no class")
    if len(facts.classes) < at_least:
        raise NotApplicable(f"there are fewer than {at_least} classes")
    return facts.classes


def relations(record: Record) -> RelationFacts:
    """The relations of the columns."""
    found: RelationFacts = record.need("relations")
    return found


def split(record: Record) -> SplitFacts:
    """The split."""
    found: SplitFacts = record.need("split")
    return found


def percent(share: float) -> str:
    """A share as a person reads it: 0.0004 is "0.04 %", 0.98 is "98 %"."""
    value = 100 * share
    return f"{value:.3g} %" if abs(value) < 99.5 or value == 100 else f"{value:.2f} %"


def number(value: float) -> str:
    """A number as a person reads it: six digits at most, no trailing zeros."""
    return f"{value:.6g}"


def listed(names: tuple[str, ...] | list[str], most: int = 3) -> str:
    """Names in code quotes, the first few: "`a`, `b` and 4 more"."""
    shown = ", ".join(f"`{name}`" for name in names[:most])
    return f"{shown} and {len(names) - most} more" if len(names) > most else shown
