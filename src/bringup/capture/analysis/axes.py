"""Which axis of an output holds the classes: the one over which the cross entropy gives the loss that was seen."""

import numpy as np

from bringup.capture.analysis.sites import Group, Rows
from bringup.record import ClassAxisFacts, Record

SAME = 1e-3  # two computations of one loss differ by less


def class_axis_of(group: Group, record: Record) -> ClassAxisFacts | None:
    """Try both axes of outputs [rows, ., .] with targets [rows, .]; None where neither, or both, give the first loss."""
    rows = group.main
    series = record.series.get("step/loss")
    if series is None or not series.values or rows.output is None or rows.target is None:
        return None
    if rows.output.ndim != 3 or rows.target.ndim != 2 or rows.target.dtype.kind not in "iu":
        return None
    fitting = [axis for axis in (1, 2) if gives(rows, axis, series.values[0])]
    if len(fitting) != 1:
        return None
    return ClassAxisFacts(model_number=rows.call.model_number, axis=fitting[0], shape=rows.output.shape[1:])


def gives(rows: Rows, axis: int, loss: float) -> bool:
    """Whether the mean cross entropy of the first call over an axis is this loss."""
    assert rows.output is not None
    assert rows.target is not None
    part = rows.number == 0
    output, target = np.moveaxis(rows.output[part], axis, -1).astype(float), rows.target[part]
    if output.shape[:2] != target.shape or target.min() < 0 or target.max() >= output.shape[2]:
        return False
    highest = output.max(axis=-1, keepdims=True)
    spread = np.log(np.exp(output - highest).sum(axis=-1)) + highest[..., 0]
    value = float((spread - np.take_along_axis(output, target[..., None], axis=-1)[..., 0]).mean())
    return abs(value - loss) <= SAME * abs(loss)
