"""An estimator in the style of scikit-learn, and what a fit of it shows: the rows, and how it answers them."""

import time
from typing import Any

import numpy as np

from bringup.capture.assemble import assemble
from bringup.capture.captured import Captured
from bringup.errors import BringupError
from bringup.record import CallFacts, ProgramFacts, Record, TensorFacts

MOST_ROWS = 3000  # of each part, as of a watched program
HELD_OUT = 0.25


def record_of_fit(model: Any, data: Any, validation: Any, *, seed: int) -> Record:
    """Fit a copy of an estimator, and record the rows that it was fitted on, those held out, and its answers to both.

    Raises:
        BringupError: if the data are no pair (x, y) of equally many rows.
    """
    from sklearn.base import clone, is_classifier

    began = time.monotonic()
    x, y = pair(data)
    if validation is None:
        x, y, *held = split(x, y, seed=seed, stratify=is_classifier(model))
    else:
        held = list(pair(validation))
    estimator = clone(model).fit(x, y)
    classes = np.unique(np.concatenate([y, held[1]])) if is_classifier(model) else None
    parts = ((x, y, "train"), (held[0], held[1], "evaluate"))
    calls, samples = [], {}
    for site, (rows, target, use) in enumerate(parts):
        rows, target = rows[:MOST_ROWS], target[:MOST_ROWS]
        calls.append(
            CallFacts(
                site=site,
                model=type(model).__name__,
                use=use,  # pyright: ignore[reportArgumentType]
                calls=1,
                rows=len(rows),
                input=TensorFacts(shape=rows.shape, dtype=str(rows.dtype)),
            )
        )
        samples |= {
            f"site{site}/input": rows.astype(np.float32),
            f"site{site}/output": answers(estimator, rows, classes),
            f"site{site}/target": target if classes is None else np.searchsorted(classes, target),
            f"site{site}/step": np.full(len(rows), site),
            f"site{site}/call": np.zeros(len(rows), dtype=int),
        }
    program = ProgramFacts(
        script=type(model).__name__, seconds=time.monotonic() - began, frameworks=("sklearn",), steps=1, backwards=0
    )
    return assemble(Captured(Record(origin="capture", calls=tuple(calls)), samples), program)


def answers(estimator: Any, rows: np.ndarray, classes: np.ndarray | None) -> np.ndarray:
    """Scores of the classes [rows, classes], or values [rows]."""
    if classes is None:
        return np.asarray(estimator.predict(rows), dtype=float)
    given = np.searchsorted(classes, np.asarray(estimator.predict(rows)))
    return np.eye(len(classes))[given]


def pair(data: Any) -> tuple[np.ndarray, np.ndarray]:
    """Inputs [rows, features] and targets [rows]."""
    if not isinstance(data, tuple | list) or len(data) != 2:
        raise BringupError("data for an estimator must be (x, y)", there=f"it is {type(data).__name__}")
    x, y = (np.asarray(part.to_numpy() if hasattr(part, "to_numpy") else part) for part in data)
    if x.ndim != 2 or len(x) != len(y):
        raise BringupError("x must be [rows, features], and y hold as many", there=f"shapes {x.shape} and {y.shape}")
    return x, y


def split(x: np.ndarray, y: np.ndarray, *, seed: int, stratify: bool) -> list[np.ndarray]:
    """Rows to fit and rows to judge: x, y, x held out, y held out."""
    from sklearn.model_selection import train_test_split

    counts = np.unique(y, return_counts=True)[1] if stratify else np.array([0])
    by = y if stratify and counts.min() >= 2 else None
    x_fit, x_held, y_fit, y_held = train_test_split(x, y, test_size=HELD_OUT, random_state=seed, stratify=by)
    return [x_fit, y_fit, x_held, y_held]
