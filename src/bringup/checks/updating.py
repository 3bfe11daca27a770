"""What several checks read about optimizers and parameters in a record."""

import math
from statistics import median

from bringup.checks.reading import listed
from bringup.errors import NotApplicable
from bringup.findings import Where
from bringup.record import OptimizerFacts, ParameterFacts, Record

FIRST = 5  # steps whose losses are the first


def optimizers(record: Record) -> tuple[OptimizerFacts, ...]:
    """All optimizers."""
    found: tuple[OptimizerFacts, ...] = record.need("optimizers")
    return found


def stepping(record: Record) -> tuple[OptimizerFacts, ...]:
    """The optimizers that stepped.

    Raises:
        NotApplicable: if none did.
    """
    found = tuple(optimizer for optimizer in optimizers(record) if optimizer.steps)
    if not found:
        raise NotApplicable("no optimizer stepped")
    return found


def argument(optimizer: OptimizerFacts, name: str) -> Where | None:
    """The line of an argument of an optimizer, else that of its construction."""
    return optimizer.arguments.get(name, optimizer.where)


def names(parameters: tuple[ParameterFacts, ...] | list[ParameterFacts]) -> str:
    """The layers, in code quotes."""
    return listed(list(dict.fromkeys(entry.name for entry in parameters)))


def neglected(record: Record) -> list[ParameterFacts]:
    """Layers that should be trained and are in no optimizer: hidden from their model, built too late, or forgotten.

    Those whose weights were loaded, trained before, or are changed by hand, are left alone on purpose.
    """
    lasting = [entry for entry in record.unheld or () if not entry.renewed and not entry.moved]
    found = [entry for entry in lasting if entry.hidden or entry.after_optimizer or not entry.loaded]
    return sorted(found, key=lambda entry: entry.name)


def losses_of(record: Record, *, steps: int) -> tuple[float, float]:
    """The median loss of the first steps, and of the last tenth of them.

    Raises:
        NotApplicable: if there are fewer steps, or none with a finite loss.
    """
    values = record.need_series("step/loss", length=steps).values
    first = [value for value in values[:FIRST] if math.isfinite(value)]
    last = [value for value in values[-max(FIRST, len(values) // 10) :] if math.isfinite(value)]
    if not first or not last:
        raise NotApplicable("no loss of the first or the last steps is finite")
    return median(first), median(last)
