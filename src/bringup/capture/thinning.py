"""How closely a step is looked at: by its number, never by the clock, so that each run looks at the same steps."""

from enum import IntEnum

DENSE = 5  # the first steps, each looked at closely
EARLY = frozenset({8, 16, 32, 64})
EVERY = 100
RARE = 1000  # from ten times as many on
FIRST = 20  # steps of the first window
WIDTH = 2  # steps of each later one
NEAR = frozenset(step + after for step in EARLY for after in range(WIDTH))


class Level(IntEnum):
    """How much an event is worth: each level tells fewer observers than the one before.

    Attributes:
        CLOSE: It is looked at closely: everyone is told.
        WINDOW: It is one of some in a row: not told are those that want it `close_only`.
        ROWS: Rows of its place are still collected: told are those that do, and those that want every event.
        LIGHT: Nothing but what every event must pay for.
    """

    CLOSE = 0
    WINDOW = 1
    ROWS = 2
    LIGHT = 3


def in_detail(step: int) -> bool:
    """Whether a step is looked at closely: the first ones, then ever fewer."""
    return step < DENSE or step in EARLY or (step % EVERY == 0 and (step <= 10 * RARE or step % RARE == 0))


def in_window(step: int) -> bool:
    """Whether a step is one of those in a row whose events are all told: the first ones, then those after each close look."""
    if step < FIRST or step in NEAR:
        return True
    after = step % EVERY
    return after < WIDTH and in_detail(step - after)
