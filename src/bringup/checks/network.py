"""What is wrong with a network as a whole: at most one trouble, so that at most one check speaks of what follows from it."""

import math
from enum import StrEnum
from statistics import median

from bringup.findings import Where
from bringup.record import Record, SignalFacts, UnitFacts, WeightFacts

LOOKS, STEPS = 5, 8  # a weight must be seen so often, after so many updates
LARGE, SMALL = 4.0, 0.05  # scale of weights: 1.41 by He, 0.58 by torch's own
GROWN, SHRUNK = 30.0, 1e-3  # of the signal, by the weights of all layers together
FADED = 1e-3  # relative gradient of the first layer to that of the last
SIGMOIDS = 3  # layers on top of each other
DEAD, ROWS = 0.9, 200  # share of units, and rows that it must hold for
FAR = 3.0  # times what a loss should be at first
OVER_CLASSES = ("cross_entropy", "nll_loss", "categorical_crossentropy")
CLASSES = (*OVER_CLASSES, "binary_cross_entropy_with_logits", "binary_cross_entropy")
STUCK = 0.1  # a loss that fell by less than this share


class Trouble(StrEnum):
    """The troubles, in the order in which they are looked for."""

    ALIKE = "units are alike"
    LARGE = "weights are too large"
    SMALL = "weights are too small"
    SIGMOIDS = "sigmoids on sigmoids"
    DEAD = "units are dead"
    FADED = "the gradient fades"


def trouble_of(record: Record) -> Trouble | None:
    """The trouble of a network, if any."""
    if alike(record):
        return Trouble.ALIKE
    scaled = badly_scaled(record)
    if scaled is not None:
        return scaled
    if stuck(record) and record.non_finite is None:  # what follows a loss that broke says nothing
        if sigmoids(record):
            return Trouble.SIGMOIDS
        if any(unit.dead >= DEAD for unit in judged_units(record)):
            return Trouble.DEAD
        if faded(record, FADED**2, layers=4):
            return Trouble.FADED
    return None


def layers_of(record: Record) -> list[WeightFacts]:
    """The weights of layers."""
    return [weight for weight in record.weights or () if weight.kind]


def alike(record: Record) -> list[WeightFacts]:
    """The weights whose units are the same and stay so, or that all began so."""
    began = [weight for weight in record.weights or () if weight.alike]
    stayed = [w for w in began if w.still_alike and w.looks >= LOOKS and w.steps >= STEPS and w.gradient is not None]
    if stayed:
        return stayed
    hidden = [weight for weight in layers_of(record) if not weight.last]
    every = [weight for weight in layers_of(record) if weight.alike]
    return every if hidden and len(every) == len(layers_of(record)) and len(every) >= 2 else []


def badly_scaled(record: Record) -> Trouble | None:
    """Whether weights began so large, or so small, that the signal grows or shrinks by orders from layer to layer."""
    signals, weights = longest(record), layers_of(record)
    scales = [weight.scale for weight in weights if weight.scale is not None]
    if len(signals) < 2 or len(scales) < 2 or any(entry.normalised for entry in signals) or not signals[0].given:
        return None
    change = gain(signals)
    if sum(scale > LARGE for scale in scales) * 2 >= len(scales) and change > GROWN and far_off(record):
        return Trouble.LARGE
    if sum(scale < SMALL for scale in scales) * 2 >= len(scales) and change < SHRUNK and stuck(record):
        return Trouble.SMALL
    return None


def gain(signals: list[SignalFacts]) -> float:
    """What the weights alone make of a signal, layer by layer multiplied; activation functions may bound it in between."""
    return math.prod(entry.gave / entry.given for entry in signals if entry.given)


def far_off(record: Record) -> bool:
    """Whether the first loss is several times what it should be: by theory for classes, else by what it comes to."""
    first, later = losses(record)
    expected = abs(later)
    for loss in record.losses or ():
        shape = loss.input.shape
        if loss.training and loss.function in CLASSES and shape:
            classes = shape[1] if len(shape) > 1 and loss.function in OVER_CLASSES else 2
            return first > FAR * math.log(max(2, classes))
    return first > FAR * expected


def longest(record: Record) -> list[SignalFacts]:
    """The signals of the model with most layers."""
    numbers = {entry.model_number for entry in record.signals or ()}
    by_model = [[entry for entry in record.signals or () if entry.model_number == number] for number in sorted(numbers)]
    return max(by_model, key=len, default=[])


def sigmoids(record: Record) -> list[UnitFacts]:
    """Layers of sigmoids, or of saturated tanhs, on top of each other, through which the gradient fades."""
    found = [u for u in record.units or () if u.layer and (u.kind == "sigmoid" or (u.kind == "tanh" and u.saturated > 0.5))]
    if len({unit.layer for unit in found}) < SIGMOIDS:
        return []
    return found if faded(record, FADED, layers=SIGMOIDS) else []


def faded(record: Record, limit: float, *, layers: int) -> bool:
    """Whether next to nothing of the gradient of the last layer reaches the first."""
    gradients = [weight.gradient for weight in layers_of(record) if weight.gradient is not None]
    return len(gradients) >= layers and gradients[-1] > 0 and 0 < gradients[0] < limit * gradients[-1]


def judged_units(record: Record) -> list[UnitFacts]:
    """The ReLU units that were looked at often enough."""
    return [u for u in record.units or () if u.kind == "relu" and u.looks >= LOOKS and u.rows >= ROWS and u.units >= 4]


def losses(record: Record) -> tuple[float, float]:
    """The loss of the first steps, and that of the last."""
    series = record.series.get("step/loss")
    values = [] if series is None else [value for value in series.values if math.isfinite(value)]
    if not values:
        return math.nan, math.nan
    return median(values[:3]), median(values[-max(3, len(values) // 10) :])


def stuck(record: Record) -> bool:
    """Whether the loss has hardly fallen."""
    first, later = losses(record)
    series = record.series.get("step/loss")
    return series is not None and len(series) >= 20 and later > (1 - STUCK) * first


def built(record: Record, weight: str) -> Where | None:
    """The line that built the layer of a weight."""
    name = weight.rpartition(".")[0]
    return next((layer.where for layer in record.layers or () if layer.name == name and layer.where), None)
