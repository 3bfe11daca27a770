"""Rows of one place from which a model is called, one entry a call."""

from dataclasses import dataclass, field

import numpy as np
import torch

from bringup.capture.observers.held import Held, plain

MOST_LABELS = 60_000
MOST_LABEL_CALLS = 2000
GATHERED = 25  # calls
COLUMNS = ("input", "input2", "output", "target")


@dataclass(slots=True)
class Call:
    """The rows of one call; None where it was not seen, or is not one row each."""

    given: Held
    second: Held | None
    output: Held | None
    target: Held | None
    rows: int
    kept: int
    step: int

    def arrays(self) -> list[np.ndarray | None]:
        """The rows in the order of `COLUMNS`."""
        held = (self.given, self.second, self.output, self.target)
        return [None if entry is None else entry.values() for entry in held]


@dataclass(slots=True)
class Kept:
    """The calls of one place.

    Attributes:
        target_by_loss: Whether a loss told a target, so that it need not be looked for elsewhere.
        copies: Whether rows were written to after they were seen, so that references are of no use here.
    """

    calls: list[Call] = field(default_factory=list)
    rows: int = 0
    bytes: int = 0
    full: bool = False
    target_by_loss: bool = False
    copies: bool = False

    @property
    def last(self) -> Call:
        """The last call."""
        return self.calls[-1]

    def look_back(self) -> None:
        """Find out whether the rows of the last call were written to since."""
        if self.calls and not self.copies:
            last = self.calls[-1]
            self.copies = last.given.changed or (last.output is not None and last.output.changed)

    def answers(self) -> np.ndarray | None:
        """The classes that the last output names; None where it is no such output."""
        output = self.last.output.values() if self.last.output is not None else None
        if output is None or output.ndim != 2 or output.shape[1] < 2:
            return None
        return output.argmax(axis=1)

    def joined(self) -> dict[str, np.ndarray]:
        """The rows over all calls; columns that do not fit together, or were not seen in every call, are left out."""
        calls = [call for call in self.calls if not call.given.changed]
        whole = [call for call in calls if call.output is None or not call.output.changed]
        calls = whole or calls  # rather a few rows less than none with an output
        if len(calls) > 1 and calls[-1].target is None and all(call.target is not None for call in calls[:-1]):
            calls = calls[:-1]  # the program ended between a call and its loss
        table = [call.arrays() for call in calls]
        found: dict[str, np.ndarray] = {}
        for number, name in enumerate(COLUMNS):
            whole = [arrays[number] for arrays in table]
            there = [array for array in whole if array is not None]
            if there and len(there) == len(whole) and len({array.shape[1:] for array in there}) == 1:
                found[name] = np.concatenate(there)
        if "input" not in found:
            return {}
        lengths = [call.kept for call in calls]
        found["step"] = np.repeat([call.step for call in calls], lengths)
        found["call"] = np.repeat(np.arange(len(calls)), lengths)
        return found


class Labels:
    """The targets of one training place in the order in which they were trained on, for longer than whole rows are kept.

    Attributes:
        seen: How many there were, up to the first call that there was no room for.
        full: Whether there was one.
    """

    def __init__(self) -> None:
        self.waiting: list[torch.Tensor] = []
        self.versions: list[int] = []
        self.lengths: list[int] = []
        self.arrays: list[np.ndarray] = []
        self.seen = 0
        self.full = False

    def offer(self, target: object) -> None:
        """Take the target of a call if it is one number a row, as long as there is room."""
        if self.full or not isinstance(target, torch.Tensor):
            return
        shape = target.shape
        if len(shape) != 1 and (not shape or shape[0] != target.numel()):
            return
        rows = shape[0]
        self.seen += rows
        if self.seen > MOST_LABELS or len(self.lengths) >= MOST_LABEL_CALLS:
            self.full = True
            return
        self.lengths.append(rows)
        self.waiting.append(target)
        self.versions.append(version_of(target))
        if len(self.waiting) >= GATHERED:
            self.gather()

    def gather(self) -> None:
        """Copy what waits, many at once, since few numbers cost as much; all are lost if one was written to since."""
        waiting, versions = self.waiting, self.versions
        self.waiting, self.versions = [], []
        if versions != [version_of(target) for target in waiting] or any(target.requires_grad for target in waiting):
            self.full = True
            self.lengths, self.arrays = [], []
        elif waiting:
            flat = waiting if all(target.dim() == 1 for target in waiting) else [target.reshape(-1) for target in waiting]
            self.arrays.append(plain(torch.cat(flat)))

    def joined(self) -> dict[str, np.ndarray]:
        """The targets, which call each is of, and how many there were in all."""
        self.gather()
        if not self.arrays:
            return {}
        return {
            "labels": np.concatenate(self.arrays),
            "label_call": np.repeat(np.arange(len(self.lengths)), self.lengths),
            "labels_seen": np.asarray([self.seen]),
        }


def version_of(tensor: torch.Tensor) -> int:
    """How often a tensor was written to; torch does not count for those of inference mode."""
    return 0 if tensor.is_inference() else tensor._version
