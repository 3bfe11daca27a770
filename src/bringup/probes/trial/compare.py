"""Two runs of a script, without a change and with it: which is better, and by how much."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from bringup.probes.result import Answer
from bringup.probes.trial.outcome import Outcome
from bringup.record import Series

By = Literal["answers", "loss", "either", "ending"]

TAIL = 0.1  # of the steps, over which the last loss is a median
HELPS = 0.7  # of the error, or of the loss, may be left where a change has helped
WORTH = 0.02  # an error must fall by as much
SAME = 0.97  # of what was there, or more, is left where a change has done nothing
PERFECT = 1e-3


@dataclass(frozen=True)
class Difference:
    """What was compared, and what it shows; `run` is which of the runs with a change, where there were several."""

    quantity: str
    before: float | None
    after: float | None
    answer: Answer
    run: int = 0


def compare(control: Outcome, changed: Outcome, *, by: By = "either") -> Difference:
    """Say yes where the change leaves at most 70 % of the error or of the loss, no where it helps neither.

    Both runs are compared at their ends, over equally many steps. A control whose loss is no number is worse than any number.

    Args:
        by: What to look at: the loss where a change leaves it what it was, answers where it does not; how far they came where
            the control ends with an exception.
    """
    if by == "ending":
        return by_ending(control, changed)
    parts = []
    if by != "loss" and (found := by_answers(control, changed)) is not None:
        parts.append(found)
    if by != "answers" and (found := by_loss(control, changed)) is not None:
        parts.append(found)
    if not parts:
        return Difference("loss", last(control.losses), last(changed.losses), "unclear")
    for answer in ("yes", "unclear"):
        for part in parts:
            if part.answer == answer:
                return part
    return parts[0]


def by_answers(control: Outcome, changed: Outcome) -> Difference | None:
    """By how well training rows are answered at the end."""
    before, after = control.answers, changed.answers
    if after is None or not math.isfinite(after):
        return None
    if before is None or not math.isfinite(before):
        if not broken(control.losses):
            return None
        return Difference(changed.quantity, before, after, "yes" if after > 0 else "unclear")
    left, was = 1 - after, 1 - before
    helped = left <= HELPS * was and was - left >= WORTH
    same = left >= SAME * was or was < WORTH
    return Difference(changed.quantity, before, after, "yes" if helped else "no" if same else "unclear")


def by_loss(control: Outcome, changed: Outcome) -> Difference | None:
    """By the loss at the end."""
    steps = min(steps_of(control.losses), steps_of(changed.losses))
    after = last(changed.losses, steps)
    if after is None:
        return None
    before = last(control.losses, None if broken(control.losses) else steps)
    if broken(changed.losses):
        return Difference("loss", before, after, "no")
    if broken(control.losses) or before is None:
        started = next((v for v in (*control.losses.values[:1], *changed.losses.values) if math.isfinite(v)), after)
        return Difference(
            "loss", before, after, "yes" if after <= max(started, 0.0) or after <= 1.05 * abs(started) else "unclear"
        )
    if before < 0 or after < 0:  # a loss without a floor at 0: of no use as a share
        return Difference("loss", before, after, "unclear")
    helped, same = after <= HELPS * before and before > PERFECT, after >= SAME * before
    return Difference("loss", before, after, "yes" if helped else "no" if same else "unclear")


def by_ending(control: Outcome, changed: Outcome) -> Difference:
    """By whether the exception that ends the program still does: yes where it is gone, no where it comes again."""
    before, after = float(control.steps), float(changed.steps)
    if control.ending != "raised":
        answer: Answer = "unclear"
    elif changed.ending in ("enough", "finished"):
        further = changed.steps > control.steps or len(changed.losses) > len(control.losses) or changed.ending == "finished"
        answer = "yes" if further else "unclear"
    else:
        answer = "no" if (changed.error, changed.where) == (control.error, control.where) else "unclear"
    return Difference("steps before the end", before, after, answer)


def by_measure(control: Outcome, changed: Outcome, names: Sequence[str]) -> Difference | None:
    """By a share of right answers, or another score of which 1 is the best: the first of some names that both measured."""
    for name in names:
        before, after = control.measures.get(name), changed.measures.get(name)
        if before is None or after is None:
            continue
        left, was = 1 - after, 1 - before
        helped = left <= HELPS * was and was - left >= WORTH
        return Difference(name, before, after, "yes" if helped else "no" if left >= SAME * was else "unclear")
    return None


def steps_of(losses: Series) -> int:
    """Up to which step a series goes."""
    return losses.steps[-1] if losses.steps else 0


def last(losses: Series, steps: int | None = None) -> float | None:
    """The median of the last tenth of a loss, up to a step."""
    values = np.array([v for s, v in zip(losses.steps, losses.values, strict=True) if steps is None or s <= steps])
    if not len(values):
        return None
    tail = values[-max(1, int(TAIL * len(values))) :]
    return float(np.median(tail)) if np.isfinite(tail).all() else math.nan


def broken(losses: Series) -> bool:
    """Whether a loss ended as no number."""
    return bool(losses.values) and not all(math.isfinite(value) for value in losses.values[-max(1, len(losses) // 10) :])
