"""How closely a step is looked at: by its number, never by the clock, so that each run looks at the same steps."""

from bisect import bisect_right
from enum import IntEnum

DENSE = 5  # the first steps, each looked at closely
EARLY = frozenset({8, 12, 18, 128, 512})
RARE = 1000  # one in so many after them
FIRST = 20  # steps of the first window
WIDTH = 2  # steps of each later one
NEAR = frozenset(step + after for step in EARLY for after in range(WIDTH))
BREATH = 100  # steps of which one marks its graphs, so that those that are kept can be counted
FIRST_BREATH = 50  # so does this one, for short trainings
AFTER_BREATH = 2  # steps later it is counted: what the present step and the one before still need is not kept
SHORT = frozenset({26, 34, 42, 74})  # steps after which the graphs of short trainings are counted besides


class Level(IntEnum):
    """How much an event is worth: each level tells fewer observers than the one before.

    Attributes:
        CLOSE: It is looked at closely: everyone is told.
        WINDOW: It is one of some in a row: not told are those that want it `close_only`.
        ROWS: Rows of its place are still collected: told are those that do, and those that want every event.
        LIGHT: Told are those that want every event.
    """

    CLOSE = 0
    WINDOW = 1
    ROWS = 2
    LIGHT = 3


def in_detail(step: int) -> bool:
    """Whether a step is looked at closely: the first ones, then ever fewer."""
    return step < DENSE or step in EARLY or step % RARE == 0


def in_window(step: int) -> bool:
    """Whether a step is one of those in a row whose events are all told: the first ones, then those after each close look."""
    return step < FIRST or step in NEAR or step % RARE < WIDTH


def is_told(step: int) -> bool:
    """Whether events of a step are made at all: in windows and just before them; in between, what must be counted is counted
    where it happens."""
    return in_window(step) or in_window(step + 1)


def breathes(step: int) -> bool:
    """Whether the graphs of a step are marked, told or not."""
    return step % BREATH == 0 or step == FIRST_BREATH


def counts_breath(step: int) -> bool:
    """Whether the graphs that are kept are counted when a step is done, told or not."""
    return step in SHORT or (step >= AFTER_BREATH and breathes(step - AFTER_BREATH))


def next_told(step: int) -> int:
    """The first step after this one that is told."""
    if step < RARE - 1:
        return BEFORE[bisect_right(BEFORE, step)]
    rounds, within = divmod(step, RARE)
    return rounds * RARE + LATER[bisect_right(LATER, within)]


def next_breath(step: int) -> int:
    """The first step after this one that breathes."""
    return FIRST_BREATH if step < FIRST_BREATH else step + BREATH - step % BREATH


def next_look(step: int) -> int:
    """The first step after this one at which anything is to be done but counting steps."""
    if step < RARE:
        return LOOKS[bisect_right(LOOKS, step)]
    return min(next_told(step), next_breath(step), next_breath(step - AFTER_BREATH) + AFTER_BREATH)


BEFORE = [step for step in range(RARE + 1) if is_told(step)]
LOOKS = [step for step in range(2 * RARE) if is_told(step) or breathes(step) or counts_breath(step)]
LATER = [step for step in range(RARE + 1) if is_told(step + RARE)]  # from there on it is the same again and again
