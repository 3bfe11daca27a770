"""The rows of each place, and which of them may be compared: those that one model gets in one shape."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import numpy as np

from bringup.capture.captured import Captured
from bringup.record import CallFacts

MOST_FEATURES = 4096
MOST_CLASSES = 200
SAME = 1e-3  # of a scale


@dataclass(frozen=True, eq=False)
class Rows:
    """What one place handed to its model, and what came back.

    Attributes:
        call: The place.
        input: First inputs [rows, ...]; likewise outputs and targets, None where they were not seen in every call.
        step: Optimizer steps done before, one a row; `number` is which call of the place the row was in.
        labels: Targets in the order in which they were trained on, beyond the rows that were kept; `label_call` is their call.
        labels_seen: How many targets there were, up to the first call whose targets were not kept.
    """

    call: CallFacts
    input: np.ndarray
    step: np.ndarray
    number: np.ndarray
    output: np.ndarray | None = None
    target: np.ndarray | None = None
    labels: np.ndarray | None = None
    label_call: np.ndarray | None = None
    labels_seen: int = 0

    @property
    def flat(self) -> np.ndarray:
        """Inputs as numbers [rows, features], the first `MOST_FEATURES` of them."""
        width = int(np.prod(self.input.shape[1:]))
        return self.input.reshape(len(self.input), width)[:, :MOST_FEATURES].astype(np.float64)

    @property
    def is_numbers(self) -> bool:
        """Whether the inputs are amounts, not numbers of tokens."""
        return self.input.dtype.kind == "f"

    def where(self, rows: np.ndarray) -> "Rows":
        """These rows alone."""
        return Rows(
            call=self.call,
            input=self.input[rows],
            step=self.step[rows],
            number=self.number[rows],
            output=None if self.output is None else self.output[rows],
            target=None if self.target is None else self.target[rows],
        )


@dataclass(frozen=True, eq=False)
class Group:
    """The places of one model that get inputs of one shape: those that train, and those that evaluate."""

    train: list[Rows] = field(default_factory=list)
    evaluate: list[Rows] = field(default_factory=list)

    @property
    def main(self) -> Rows:
        """The training place with the most rows."""
        return max(self.train, key=lambda rows: (len(rows.input), -rows.call.site))


def all_rows(captured: Captured) -> list[Rows]:
    """The rows of every place of which some were kept."""
    found = []
    for call in captured.record.calls or ():
        arrays = {
            name.partition("/")[2]: value for name, value in captured.samples.items() if name.startswith(f"site{call.site}/")
        }
        if "input" not in arrays or not len(arrays["input"]):
            continue
        rows = Rows(
            call=call,
            input=arrays["input"],
            step=arrays["step"],
            number=arrays["call"],
            output=arrays.get("output"),
            target=arrays.get("target"),
            labels=arrays.get("labels"),
            label_call=arrays.get("label_call"),
            labels_seen=int(arrays["labels_seen"][0]) if "labels_seen" in arrays else 0,
        )
        found.append(with_scored_target(rows, captured))
    return found


def groups(rows: list[Rows]) -> Iterator[Group]:
    """The groups with a training place, in the order of their first calls."""
    found: dict[tuple[int, tuple[int, ...]], Group] = {}
    for entry in rows:
        group = found.setdefault((entry.call.model_number, entry.input.shape[1:]), Group())
        (group.train if entry.call.use == "train" else group.evaluate).append(entry)
    yield from (group for group in found.values() if group.train)


def with_scored_target(rows: Rows, captured: Captured) -> Rows:
    """Take the truth that a metric was given, where its answers are those of this place."""
    if rows.target is not None or rows.output is None or rows.call.use == "train":
        return rows
    answers = answers_of(rows.output)
    for name, answer in captured.samples.items():
        if not name.startswith("score") or not name.endswith("/answer") or answer.ndim != 1 or len(answer) != len(answers):
            continue
        truth = captured.samples[name.replace("/answer", "/truth")]
        if truth.ndim == 1 and np.array_equal(answer, answers):
            return replace(rows, target=truth)
        if truth.ndim == 1 and close(answer, rows.output):
            return replace(rows, target=in_units_of(rows.output, answer, truth))
    return rows


def close(answer: np.ndarray, output: np.ndarray) -> bool:
    """Whether an answer is the output itself, a shift and a scale aside."""
    flat = output.reshape(len(output), -1)
    if flat.shape[1] != 1 or np.std(flat[:, 0]) == 0 or np.std(answer) == 0 or len(answer) < 3:
        return False
    return bool(np.corrcoef(answer, flat[:, 0])[0, 1] > 0.99999)


def in_units_of(output: np.ndarray, answer: np.ndarray, truth: np.ndarray) -> np.ndarray:
    """A truth as the model's own output would have it, where a program scales the answers back before it judges them."""
    if np.isin(truth, (0, 1)).all():  # classes, which have no units
        return truth
    flat = output.reshape(len(output), -1)[:, 0].astype(float)
    scale, shift = np.polyfit(flat, answer.astype(float), 1)
    as_it_is = abs(scale - 1) < SAME and abs(shift) < SAME * max(1e-12, float(np.std(answer)))
    return truth if as_it_is else ((truth - shift) / scale).astype(np.float64)


def answers_of(output: np.ndarray) -> np.ndarray:
    """The class that each row of an output names: the largest of several, the sign or the half of one."""
    flat = output.reshape(len(output), -1) if output.ndim > 1 else output[:, None]
    if flat.shape[1] > 1:
        return flat.argmax(axis=1)
    values = flat[:, 0]
    known = values[np.isfinite(values)]
    between = known.size > 0 and known.min() >= 0 and known.max() <= 1
    return (values > (0.5 if between else 0.0)).astype(int)


def classes_of(target: np.ndarray | None) -> np.ndarray | None:
    """Targets as class numbers [rows]: whole numbers, one a row, or one-hot rows; None for anything else."""
    if target is None or not len(target):
        return None
    flat = target.reshape(len(target), -1)
    if flat.shape[1] > 1:
        one_hot = flat.shape[1] <= MOST_CLASSES and np.isin(flat, (0, 1)).all() and (flat.sum(axis=1) == 1).all()
        return flat.argmax(axis=1) if one_hot else None
    values = flat[:, 0]
    if values.dtype.kind == "f" and (not np.isfinite(values).all() or not np.isin(values, (0, 1)).all()):
        return None
    values = values.astype(int)
    return values if values.min() >= 0 and len(np.unique(values)) <= MOST_CLASSES else None
