"""A loss that is summed over the examples of a batch, so that every step is as many times too large."""

import math
from dataclasses import dataclass
from statistics import median

from bringup.checks.loss_reading import losses_with_gradient
from bringup.findings import Where
from bringup.record import Record

SAME = 1e-4  # of a loss: what was differentiated first against what the loss function returned
NOT_SCALED = ("SGD", "ASGD")  # others divide the gradient by its size, and a sum does not matter
FEWEST = 4
LARGEST = 0.1  # of the size of the weights, as for a learning rate that is too large
FINE = 0.05  # likewise, of an update that trains
RISE = 2.0  # times the first loss
STEPS = 20  # whose losses count


@dataclass(frozen=True)
class Sum:
    """A loss that is a sum over so many examples."""

    examples: int
    where: Where | None
    function: str


def summed(record: Record) -> Sum | None:
    """The sum that is differentiated as it is; None where the loss is a mean, or something else."""
    series = record.series.get("step/loss")
    if series is None or not series.values:
        return None
    for loss in losses_with_gradient(record):
        undivided = loss.value is not None and math.isclose(loss.value, series.values[0], rel_tol=SAME)
        if loss.options.get("reduction") == "sum" and undivided and loss.input.shape:
            return Sum(loss.input.shape[0], loss.where, loss.function)
    for graph in record.graphs or ():
        if graph.reduced == "sum" and graph.reduced_shape:
            return Sum(graph.reduced_shape[0], graph.loss, "sum")
    return None


def harmful_sum(record: Record, *, rise: float) -> tuple[Sum, float, float] | None:
    """A sum whose steps are too large while a mean's would not be; with the first update and the largest first loss."""
    found, ratios, losses = summed(record), record.series.get("update/ratio"), record.series.get("step/loss")
    if found is None or found.examples < FEWEST or ratios is None or losses is None or not ratios.finite:
        return None
    kinds = {optimizer.kind for optimizer in record.optimizers or () if optimizer.steps}
    if not kinds or not kinds <= set(NOT_SCALED):
        return None
    first, seen = ratios.values[0], [value for value in losses.values[:STEPS] if math.isfinite(value)]
    worst = max(seen) if len(seen) == len(losses.values[:STEPS]) else math.inf
    grew = worst >= rise * abs(losses.values[0]) and median(ratios.finite[:5]) > LARGEST
    return (found, first, worst) if grew and first / found.examples <= FINE else None
