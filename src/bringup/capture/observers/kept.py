"""Rows of one place from which a model is called, one entry a call."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch

from bringup.capture.observers.held import Held, plain

MOST_LABELS = 60_000
MOST_LABEL_CALLS = 2000
GATHERED = 100  # calls
LARGE = 4096  # targets of a call, that are not to wait
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

    @property
    def bytes(self) -> int:
        """The memory of its inputs and outputs."""
        return sum(held.bytes for held in (self.given, self.second, self.output) if held is not None)

    @property
    def changed(self) -> bool:
        """Whether any of its rows were written to since."""
        held = (self.given, self.second, self.output, self.target)
        return any(entry.changed for entry in held if entry is not None)

    def copy(self) -> None:
        """Keep the rows as they are now, whatever is written to where they stand."""
        for held in (self.given, self.second, self.output, self.target):
            if held is not None:
                held.copy()

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
            self.copies = self.calls[-1].changed

    def answers(self) -> np.ndarray | None:
        """The classes that the last output names; None where it is no such output."""
        output = self.last.output.values() if self.last.output is not None else None
        if output is None or output.ndim != 2 or output.shape[1] < 2:
            return None
        return output.argmax(axis=1)

    def joined(self) -> dict[str, np.ndarray]:
        """The rows over all calls; columns that do not fit together, or were not seen in every call, are left out."""
        calls = [call for call in self.calls if not call.given.changed]
        calls = [call for call in calls if call.output is None or not call.output.changed] or calls
        calls = [call for call in calls if not call.changed] or calls  # rather a few rows less than a column less
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

    def take(self, target: Any) -> bool:
        """Take the target of a call where nothing else is to be done; where it returns False, `offer` has to see to it."""
        try:
            if target.ndim != 1 or target.requires_grad or target.numel() > LARGE or len(self.waiting) >= GATHERED:
                return False
            self.versions.append(target._version)
        except (AttributeError, RuntimeError):  # no tensor, or one of inference
            return False
        self.waiting.append(target)
        return True

    def offer(self, target: object) -> bool:
        """Take the target of a call, if it is one number a row; return whether there is room for more."""
        if not isinstance(target, torch.Tensor):
            return not self.full
        if target.requires_grad:  # to keep it would keep its graph
            self.full = True
        elif target.ndim and target.shape[0] == target.numel():
            self.versions.append(version_of(target))
            self.waiting.append(target.reshape(-1))
            if len(self.waiting) >= GATHERED or target.numel() > LARGE:
                self.gather()
        return not self.full

    def gather(self) -> None:
        """Copy what waits, many at once, since few numbers cost as much; all are lost if one was written to since."""
        waiting, versions = self.waiting, self.versions
        self.waiting, self.versions = [], []
        if self.full:
            return
        lengths = [target.numel() for target in waiting]
        self.seen += sum(lengths)
        if self.seen > MOST_LABELS or len(self.lengths) + len(lengths) > MOST_LABEL_CALLS:
            self.full = True
            lengths = self.room_for(lengths)
        if not lengths:
            return
        joined = torch.cat(waiting[: len(lengths)])
        if versions == [version_of(target) for target in waiting] and not joined.requires_grad:
            self.lengths += lengths
            self.arrays.append(plain(joined))
        else:
            self.full = True
            self.lengths, self.arrays = [], []

    def room_for(self, lengths: list[int]) -> list[int]:
        """Those of the next calls, from the first on, that there is room for."""
        rows, kept = sum(self.lengths), lengths[: MOST_LABEL_CALLS - len(self.lengths)]
        while kept and rows + sum(kept) > MOST_LABELS:
            kept.pop()
        return kept

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


def rows_over_time(target: torch.Tensor, judged: Sequence[int], rows: int) -> torch.Tensor | None:
    """A target as one row each, where it was flattened from [rows, time], as was what it is compared with."""
    flat = target.dim() == 1 and rows > 0 and len(judged) == 2 and judged[0] == len(target) and len(target) % rows == 0
    return target.reshape(rows, -1) if flat else None


def version_of(tensor: torch.Tensor) -> int:
    """How often a tensor was written to; torch does not count for those of inference mode."""
    try:
        return tensor._version
    except RuntimeError:
        return 0
