"""Do evaluated rows go with their truths in the way that training rows go with theirs?

Asked only where the model answers an evaluation hardly better than chance: then simple models, fitted on training rows, are
tried on the evaluated ones, and others among the evaluated rows themselves.
"""

from collections.abc import Iterator

import numpy as np

from bringup.capture.analysis import simple
from bringup.capture.analysis.answers import LEAST_ROWS, error, names_classes
from bringup.capture.analysis.sites import Group, Rows, answers_of, classes_of
from bringup.record import AgreementFacts

ERRORS = 3.0  # standard errors above chance that a poor score may be
POOR = 0.4  # of what is left above chance, likewise
MOST_TOKENS = 300  # that are counted
MOST_LENGTH = 4096


def agreements_of(group: Group) -> Iterator[AgreementFacts]:
    """One entry for each evaluation whose truths are known; simple models are tried on those with a poor score."""
    rows = group.main
    truth = classes_of(rows.target)
    if truth is None or rows.output is None or not names_classes(rows.output, int(truth.max()) + 1):
        return
    judged = [(entry, facts) for entry in group.evaluate if (facts := scored(rows, entry)) is not None]
    poor = [(entry, facts) for entry, facts in judged if is_poor(facts)]
    yield from (facts for _, facts in judged if not is_poor(facts))
    if not poor:
        return
    known = None if rows.is_numbers else ids_of(rows)
    trained = training_sets(group, known)  # a model may have been trained for something else before
    own = simple.folded(*trained[rows.call.site], classification=True) if rows.call.site in trained else None
    for entry, facts in poor:
        answers = classes_of(entry.target)
        assert answers is not None
        other_x, other_y = simple.shuffled(features(entry, known), answers)
        if own is None or not np.isin(answers, truth).all() or not enough(other_x, other_y):
            yield facts
            continue
        across = max(simple.best(x, y, other_x, other_y, classification=True)[0] for x, y in trained.values())
        there = simple.folded(other_x, other_y, classification=True)
        yield facts.model_copy(update={"own": own, "there": there, "across": across, "another": len(poor) < len(judged)})


def training_sets(group: Group, known: np.ndarray | None) -> dict[int, tuple[np.ndarray, np.ndarray]]:
    """The rows and truths of each training place that has enough of them, by its number."""
    found = {}
    for entry in group.train:
        truth = classes_of(entry.target)
        if truth is not None:
            x, y = simple.shuffled(features(entry, known), truth)
            if enough(x, y):
                found[entry.call.site] = x, y
    return found


def is_poor(facts: AgreementFacts) -> bool:
    """Whether a model answers hardly better than chance."""
    return facts.model <= facts.chance + max(ERRORS * facts.error, POOR * (1 - facts.chance))


def enough(x: np.ndarray, y: np.ndarray) -> bool:
    """Whether there are rows, of two classes, to fit simple models on."""
    return len(x) >= LEAST_ROWS and len(np.unique(y)) >= 2


def scored(train: Rows, rows: Rows) -> AgreementFacts | None:
    """The score of the model on evaluated rows, beside that of the commonest class; None where the truth is not known."""
    truth = classes_of(rows.target)
    if truth is None or rows.output is None or len(truth) < LEAST_ROWS or rows.is_numbers != train.is_numbers:
        return None
    chance = float(np.bincount(truth).max() / len(truth))
    return AgreementFacts(
        site=train.call.site,
        judged=rows.call.site,
        tokens=not rows.is_numbers,
        judged_rows=len(truth),
        model=float((answers_of(rows.output) == truth).mean()),
        chance=chance,
        error=error(chance, len(truth), True),
    )


def ids_of(rows: Rows) -> np.ndarray:
    """The commonest token numbers."""
    ids, counts = np.unique(rows.input, return_counts=True)
    return np.sort(ids[np.argsort(-counts, kind="stable")[:MOST_TOKENS]])


def features(rows: Rows, ids: np.ndarray | None) -> np.ndarray:
    """What simple models see: the amounts, or how often each token occurs."""
    if ids is None:
        return rows.flat
    flat = rows.input.reshape(len(rows.input), -1)[:, :MOST_LENGTH]
    place = np.searchsorted(ids, flat)
    there = (place < len(ids)) & (ids[np.minimum(place, len(ids) - 1)] == flat)
    counts = np.zeros((len(flat), len(ids)))
    row, column = np.nonzero(there)
    np.add.at(counts, (row, place[row, column]), 1)
    return counts
