"""What several checks read about the answers of a model, beside those of simple models."""

from bringup.record import AnswersFacts

ERRORS = 3.0  # standard errors of an accuracy


def gain_of_simple(answer: AnswersFacts) -> float | None:
    """How much better simple models do, as a share of what is to be gained over chance; None where the model was not judged."""
    if answer.model is None or answer.simple is None or answer.chance >= 1:
        return None
    return (answer.simple - max(answer.model, answer.chance)) / (1 - answer.chance)


def is_beaten(answer: AnswersFacts, by: float) -> bool:
    """Whether simple models do better by a share of what is to be gained over chance, and by more than chance would have it."""
    gain = gain_of_simple(answer)
    return gain is not None and gain >= by and gain * (1 - answer.chance) >= ERRORS * answer.error
