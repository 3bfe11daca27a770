"""What several checks read in the losses of a watched program."""

from bringup.errors import NotApplicable
from bringup.findings import Where
from bringup.record import GraphFacts, LossFacts, Record

TOLERANCE = 1e-3  # of a sum that is 1 in exact numbers
ERRORS = ("mse_loss", "l1_loss", "smooth_l1_loss", "huber_loss")


def losses_with_gradient(record: Record, *functions: str) -> tuple[LossFacts, ...]:
    """The losses with a gradient, of these functions where any are named; one entry for each line, none where none was seen."""
    found: dict[tuple[str, str], LossFacts] = {}
    for loss in record.losses or ():
        if loss.training and not loss.failed and (not functions or loss.function in functions):
            found.setdefault((loss.function, str(loss.where)), loss)
    return tuple(found.values())


def trained_losses(record: Record, *functions: str) -> tuple[LossFacts, ...]:
    """The same, where the record must hold one with a gradient, of whatever function.

    Raises:
        NotApplicable: if none was seen at all.
    """
    record.need("losses")
    if not losses_with_gradient(record):
        raise NotApplicable("no loss function of torch was called with a gradient")
    return losses_with_gradient(record, *functions)


def graphs(record: Record) -> tuple[GraphFacts, ...]:
    """The graphs of the losses.

    Raises:
        NotApplicable: if none was seen.
    """
    found: tuple[GraphFacts, ...] = record.need("graphs")
    if not found:
        raise NotApplicable("no backward pass was seen")
    return found


def near_one(low: float, high: float) -> bool:
    """Whether all sums between two are 1."""
    return abs(low - 1) < TOLERANCE and abs(high - 1) < TOLERANCE


def probabilities(loss: LossFacts) -> bool:
    """Whether the input of a loss holds the probabilities of classes: none negative, and 1 together."""
    facts, low = loss.classes, loss.input.minimum
    if facts is None or low is None or facts.count < 2 or facts.one_hot == 1:
        return False
    return low >= 0 and near_one(facts.sum_minimum, facts.sum_maximum)


def activation_place(loss: LossFacts) -> Where | None:
    """The line of the activation function before a loss, else that of the loss."""
    return (loss.activation.where if loss.activation is not None else None) or loss.where


def lines(*places: Where | None) -> set[str]:
    """Places, to be remembered: what was said of them need not be said again."""
    return {str(place) for place in places}


def at(where: Where | None) -> str:
    """A line in a sentence: " in line 12"; nothing where it is not known."""
    return f" in line {where.line}" if where is not None and where.line is not None else ""


def sizes(shape: tuple[int, ...]) -> str:
    """A shape as a person reads it: "[64, 1]"."""
    return f"[{', '.join(map(str, shape))}]"
