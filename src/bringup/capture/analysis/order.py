"""The order of labels as they were trained on."""

import numpy as np

from bringup.capture.analysis.sites import Group, answers_of, classes_of
from bringup.record import LabelOrderFacts

LEAST_CALLS = 8


def order_of(group: Group) -> LabelOrderFacts | None:
    """Measure how the labels of batches follow each other; None where there are no labels, or too few batches."""
    rows = group.main
    labels, calls = (rows.labels, rows.label_call) if rows.labels is not None else (rows.target, rows.number)
    classes = classes_of(labels)
    if classes is None or calls is None or len(np.unique(classes)) < 2:
        return None
    sizes = np.bincount(calls)
    if len(sizes) < LEAST_CALLS:
        return None
    changes = np.flatnonzero(classes[1:] != classes[:-1])
    counts = np.bincount(classes)
    shares = counts / counts.sum()
    expected = float(np.mean([(1 - (1 - shares) ** size).sum() for size in np.minimum(sizes, 1000)]))
    seen = float(np.mean([len(np.unique(part)) for part in np.split(classes, np.cumsum(sizes)[:-1])]))
    agreement = float((classes[1:] == classes[:-1]).mean())
    by_chance = float((shares**2).sum())
    return LabelOrderFacts(
        site=rows.call.site,
        batches=len(sizes),
        batch_rows=float(np.median(sizes)),
        classes=int((counts > 0).sum()),
        run_rows=len(classes) / (len(changes) + 1),
        labels_a_batch=seen,
        labels_a_batch_by_chance=expected,
        neighbours=(agreement - by_chance) / (1 - by_chance),
        returns=returns(classes),
        answers_alike=answers_alike(group),
        counts=tuple(int(count) for count in counts),
        complete=rows.labels is None or len(rows.labels) >= rows.labels_seen,
    )


def returns(classes: np.ndarray) -> int:
    """How often the labels came back to the one they began with after having left it."""
    first = classes[0]
    starts = np.flatnonzero((classes[1:] == first) & (classes[:-1] != first))
    return len(starts)


def answers_alike(group: Group) -> float | None:
    """The share of the commonest answer beyond that of the commonest label, on evaluated rows; None where unknown."""
    found = []
    for rows in group.evaluate:
        truth = classes_of(rows.target)
        if truth is None or rows.output is None or len(truth) < 20:
            continue
        answers = answers_of(rows.output)
        if answers.shape == truth.shape:
            found.append(float(np.bincount(answers).max() / len(answers) - np.bincount(truth).max() / len(truth)))
    return max(found) if found else None
