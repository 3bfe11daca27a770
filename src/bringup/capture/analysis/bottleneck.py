"""A model that is to give back what it gets, through few numbers: how much of the data fits through so few?"""

import math

import numpy as np

from bringup.capture.analysis.sites import Group, Rows
from bringup.record import BottleneckFacts, Record, WidthFacts

LEAST_ROWS = 50
WIDER = 8  # times as many numbers, for comparison
MOST_FEATURES = 1024
SAME = 1e-3  # two computations of one loss differ by less


def bottleneck_of(group: Group, record: Record) -> BottleneckFacts | None:
    """Compare what the model leaves of the variance with the best linear reconstruction through as many numbers."""
    first = record.series["step/loss"].values[:1] if "step/loss" in record.series else ()
    rows = latest(group, first[0] if first else math.nan)
    if rows is None or rows.output is None:
        return None
    own = passed_on(record.widths or (), rows.call.model_number)
    given = rows.flat[:, :MOST_FEATURES]
    output = rows.output.reshape(len(rows.output), -1)[:, :MOST_FEATURES]
    narrow = min(own, key=lambda entry: entry.outputs, default=None)
    if narrow is None or narrow.outputs >= given.shape[1] // 2 or len(given) < LEAST_ROWS or not np.isfinite(output).all():
        return None
    left = leftovers(given)
    width = narrow.outputs
    if left is None or width >= len(left):
        return None
    total = ((given - given.mean(axis=0)) ** 2).sum()
    return BottleneckFacts(
        site=rows.call.site,
        layer=narrow.name,
        width=width,
        features=given.shape[1],
        where=narrow.outputs_where or narrow.where,
        linear_left=float(left[width]),
        wider=min(WIDER * width, len(left) - 1),
        wider_left=float(left[min(WIDER * width, len(left) - 1)]),
        model_left=float(((given - output) ** 2).sum() / total),
    )


def passed_on(widths: tuple[WidthFacts, ...], number: int) -> list[WidthFacts]:
    """The hidden layers of a model whose numbers another layer takes, so that they are no scores or heads of their own."""
    own = [entry for entry in widths if entry.model_number == number]
    return [
        entry
        for place, entry in enumerate(own)
        if not entry.last and any(later.inputs == entry.outputs for later in own[place + 1 :])
    ]


def latest(group: Group, first_loss: float) -> Rows | None:
    """The rows that the model gave back last: those of an evaluation, if there is one that was to give them back."""
    fitting = [rows for rows in [*group.evaluate, group.main] if gives_back(rows)]
    trains = gives_back(group.main) and is_own_target(group.main, first_loss)
    return max(fitting, key=lambda rows: int(rows.step.max())) if fitting and trains else None


def gives_back(rows: Rows) -> bool:
    """Whether the output has the form of the input."""
    return rows.is_numbers and rows.output is not None and rows.output.size == rows.input.size and rows.output.dtype.kind == "f"


def is_own_target(rows: Rows, first_loss: float) -> bool:
    """Whether the target is the input; where none was seen, whether the first loss is the error to the input."""
    if rows.target is not None:
        return rows.target.size == rows.input.size and np.allclose(rows.target.ravel(), rows.input.ravel())
    if rows.output is None or not math.isfinite(first_loss):
        return False
    part = rows.number == 0
    away = rows.output[part].reshape(-1).astype(float) - rows.input[part].reshape(-1)
    errors = ((away**2).mean(), (away**2).sum() / max(1, part.sum()), np.abs(away).mean())
    return any(abs(error - first_loss) <= SAME * abs(first_loss) for error in errors)


def leftovers(given: np.ndarray) -> np.ndarray | None:
    """The share of the variance that the best linear reconstruction through 0, 1, 2… numbers leaves (principal components)."""
    centred = given - given.mean(axis=0)
    if not np.isfinite(centred).all() or not centred.any():
        return None
    squares = np.linalg.svd(centred, compute_uv=False) ** 2
    return 1 - np.concatenate([[0.0], np.cumsum(squares) / squares.sum()])
