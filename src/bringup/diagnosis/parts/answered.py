"""How a fitted estimator answers rows: as a watched model's calls, and beside simple models."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from bringup.probes import Answer, ProbeResult
from bringup.record import AnswersFacts, CallFacts, TensorFacts

MOST_ROWS = 3000  # of each part, as of a watched program
SURE = 3.0  # standard errors by which a score must differ
WORTH = 0.02
NAME = "simple-baseline"
QUESTION = "Is it as good as simple models on the same rows?"
MEANING: dict[Answer, str] = {
    "yes": "Simple models with default settings are no better.",
    "no": "A simple model with default settings is better: look at the preparation of the inputs, then at the settings.",
    "unclear": "On so few rows the difference may be chance.",
}


def rows_of(
    estimator: Any, parts: Sequence[tuple[Any, np.ndarray]], classes: np.ndarray | None
) -> tuple[tuple[CallFacts, ...], dict[str, np.ndarray]]:
    """The rows fitted on and those that judge, with the answers, as two places at which one model was called.

    Args:
        parts: x [rows, columns] and y [rows] of each.
        classes: All labels in order; None for amounts.
    """
    calls: list[CallFacts] = []
    samples: dict[str, np.ndarray] = {}
    codes = Codes(parts[0][0])
    for site, (all_x, all_y) in enumerate(parts):
        x, y = all_x[:MOST_ROWS], all_y[:MOST_ROWS]
        numbers = codes(x)
        shape = TensorFacts(shape=numbers.shape, dtype=str(numbers.dtype))
        use = "evaluate" if site else "train"
        calls.append(
            CallFacts(site=site, model=type(estimator).__name__, use=use, calls=1, rows=len(y), input=shape, first_step=site)
        )
        samples |= {
            f"site{site}/input": numbers,
            f"site{site}/output": scores(estimator, x, classes),
            f"site{site}/target": y.astype(float) if classes is None else np.searchsorted(classes, y),
            f"site{site}/step": np.full(len(y), site),
            f"site{site}/call": np.zeros(len(y), dtype=int),
        }
    return tuple(calls), samples


class Codes:
    """Tables as numbers [rows, columns], for simple models: levels are numbered, what is missing becomes the median.

    Args:
        x: The rows that levels and medians are taken from.
    """

    def __init__(self, x: Any) -> None:
        self.levels: list[dict[str, int] | None] = []
        self.medians: list[float] = []
        for column in columns_of(x):
            numbers = as_numbers(column)
            self.levels.append({level: n for n, level in enumerate(sorted(set(map(str, column))))} if numbers is None else None)
            finite = numbers[np.isfinite(numbers)] if numbers is not None else np.array([])
            self.medians.append(float(np.median(finite)) if len(finite) else 0.0)

    def __call__(self, x: Any) -> np.ndarray:
        """The rows as float32."""
        found = []
        for column, levels, median in zip(columns_of(x), self.levels, self.medians, strict=True):
            if levels is not None:
                found.append(np.array([levels.get(str(value), -1) for value in column], dtype=np.float32))
                continue
            numbers = as_numbers(column)
            numbers = np.full(len(column), median) if numbers is None else numbers
            found.append(np.where(np.isfinite(numbers), numbers, median).astype(np.float32))
        return np.stack(found, axis=1)


def columns_of(x: Any) -> list[np.ndarray]:
    """The columns of an array or a table."""
    if isinstance(x, np.ndarray):
        return list(x.reshape(len(x), -1).T)
    return [np.asarray(x[name].to_numpy()) for name in x.columns]


def as_numbers(column: np.ndarray) -> np.ndarray | None:
    """A column as float64; None where it holds anything else."""
    if column.dtype.kind in "mM":
        return column.astype("int64").astype(float)
    try:
        return column.astype(float)
    except (ValueError, TypeError):
        return None


def scores(estimator: Any, x: Any, classes: np.ndarray | None) -> np.ndarray:
    """Scores of the classes [rows, classes], or amounts [rows]."""
    answers = np.asarray(estimator.predict(x))
    if classes is None:
        return answers.reshape(len(answers)).astype(float)
    known: Any = getattr(estimator, "classes_", None)
    proba: Any = getattr(estimator, "predict_proba", None)
    if known is None or proba is None:
        return (answers[:, None] == classes[None, :]).astype(float)
    found = np.zeros((len(answers), len(classes)))
    found[:, np.searchsorted(classes, known)] = np.asarray(proba(x))
    return found


def answered(facts: Sequence[AnswersFacts] | None) -> tuple[ProbeResult, ...]:
    """The estimator beside the best simple model, where there was need to fit one."""
    found = []
    for entry in facts or ():
        if entry.model is None or entry.simple is None:
            continue
        gap = entry.simple - entry.model
        clear = gap > max(SURE * entry.error, WORTH)
        answer: Answer = "no" if clear else "yes" if gap <= max(entry.error, WORTH) else "unclear"
        found.append(
            ProbeResult(
                probe=NAME,
                question=QUESTION,
                quantity="accuracy" if entry.task == "classification" else "R²",
                before=entry.simple,
                after=entry.model,
                answer=answer,
                meaning=f"{MEANING[answer]} ({entry.simple_name})",
            )
        )
    return tuple(found)
