"""The rows that the program was seen to use, kept within bounds for the analysis after its end."""

from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np
import torch

from bringup.capture.events import LossCall, ModelCall, Operation, Site
from bringup.capture.observer import Observer
from bringup.capture.observers.deferred import Deferred
from bringup.capture.observers.held import hold
from bringup.capture.observers.kept import Call, Kept, Labels, rows_over_time
from bringup.capture.torch.tensors import first_tensor, same_rows, tensors_in

MOST_ROWS = 3000  # of each place
MOST_BYTES = 24 << 20  # of each place
MOST_CALL_BYTES = 6 << 20  # of each tensor of a call; of a larger one, the first rows
TOTAL_BYTES = 96 << 20
COPIED = 50  # first calls of a place without gradients whose rows are copied; references later, unless they are written to
OFTEN = 50  # steps
NAME = "samples"
JUDGED = 3  # backward passes after which a place is known not to train
COMPARISONS = frozenset({"eq", "__eq__", "ne", "__ne__"})


class Samples(Observer):
    """Keeps the first rows of each training place, and of each evaluation place all passes since the last update.

    Targets come from the loss that follows a call, from the batch of the data loader that the inputs came from, or from the
    comparison with the model's answer that follows.
    """

    in_rows = frozenset({"on_call", "on_loss"})

    def __init__(self, session: Any) -> None:
        super().__init__(session)
        self.kept: dict[int, Kept] = {}
        self.labels: dict[int, Labels] = {}
        self.deferred: dict[int, Deferred] = {}
        self.total = 0
        self.open: Kept | None = None
        self.site: Site | None = None

    def on_call(self, call: ModelCall) -> None:
        """Keep the rows of a call."""
        self.open, self.site = None, call.site
        number = call.site.number
        if call.site.deferred is not None:
            call.site.deferred.settle()
        kept = self.kept.get(number)
        if kept is None:
            kept = self.begin(call.site)
            if call.site.grad:
                self.labels[number] = call.site.labels = Labels()
        elif kept.calls and (call.new_pass or call.begins) and is_evaluation(call) and call.step != kept.last.step:
            if is_interleaved(call) and not self.session.window:
                kept.full = True
            else:
                self.total -= kept.bytes
                kept = self.begin(call.site, copies=kept.copies)
        if kept.full:
            self.end(call.site)
            return
        given = [tensor for tensor in tensors_in((call.args, call.kwargs)) if tensor.dim() > 0]
        if given:
            kept.look_back()
            self.keep(kept, given, call.output, call.step, copy=copied(kept, call.site))

    def take(self, site: Site, kept: Kept, noted: list[Call]) -> None:
        """Keep the rows of calls that were noted; where some were written to since, the next ones are copied at once."""
        for call in noted:
            if call.changed:
                kept.copies, site.deferred = True, None
                continue
            if kept.copies:
                call.copy()
            if not self.add(kept, call):
                break
        self.open = None
        if kept.full:
            self.end(site)

    def end(self, site: Site) -> None:
        """Want no more rows of a place."""
        site.wanted.discard(NAME)
        site.deferred = None

    def begin(self, site: Site, *, copies: bool = False) -> Kept:
        """Begin anew with the rows of a place."""
        site.wanted.add(NAME)
        kept = self.kept[site.number] = Kept(copies=copies)
        return kept

    def keep(self, kept: Kept, given: list[torch.Tensor], output: Any, step: int, *, copy: bool) -> bool:
        """Keep the rows, if there is room; return whether there was."""
        rows = len(given[0])
        most = rows_within(given[0], MOST_CALL_BYTES)
        if not rows or not most:
            return False
        first = hold(given[0], rows, most, MOST_CALL_BYTES, copy=copy)
        if first is None:
            return False
        second = hold(given[1], rows, most, MOST_CALL_BYTES, copy=copy) if len(given) > 1 else None
        answer = hold(first_tensor(output), rows, most, MOST_CALL_BYTES, copy=copy)
        call = Call(first, second, answer, None, rows, most, step)
        if not self.add(kept, call):
            return False
        target = None if kept.target_by_loss else self.target_in_batch(given)
        call.target = hold(target, rows, most, MOST_CALL_BYTES, copy=copy)
        self.open = kept
        return True

    def add(self, kept: Kept, call: Call) -> bool:
        """Keep a call, if there is room; return whether there was."""
        rows, size = call.rows, call.bytes
        if kept.rows and (kept.bytes + size > MOST_BYTES or kept.rows + rows > MOST_ROWS or self.total + size > TOTAL_BYTES):
            kept.full = True
            return False
        kept.calls.append(call)
        kept.rows += rows
        kept.bytes += size
        self.total += size
        return True

    def target_in_batch(self, given: list[torch.Tensor]) -> torch.Tensor | None:
        """The last tensor of the loader's batch that did not go into the model."""
        loaded = self.session.present.batch
        batch = list(tensors_in(None if loaded is None else loaded.value))
        if not any(same_rows(tensor, part) for tensor in given for part in batch):
            return None
        others = [part for part in batch if not any(same_rows(tensor, part) for tensor in given)]
        return others[-1] if others else None

    def on_loss(self, loss: LossCall) -> None:
        """Keep the targets of the call before."""
        site, kept = loss.site, self.open if loss.site is self.site else None
        self.site = self.open = None
        if site is None or kept is None:
            return
        self.keep_target(kept, loss.target, getattr(loss.input, "shape", ()), copy=copied(kept, site))
        room = MOST_ROWS - kept.rows
        if site.deferred is not None:
            site.deferred.room = room
        elif site.trained and kept.target_by_loss and not kept.copies and not kept.full:
            site.deferred = self.deferred[site.number] = Deferred(partial(self.take, site, kept), room)

    def keep_target(self, kept: Kept, target: Any, judged: Sequence[int], *, copy: bool) -> None:
        """Keep the targets of the last call; `judged` is the shape of what they were compared with."""
        if not isinstance(target, torch.Tensor) or target.requires_grad or not target.dim():
            return
        last = kept.last
        if len(target) != last.rows:
            target = rows_over_time(target, judged, last.rows)
        if target is not None:
            last.target = hold(target, last.rows, last.kept, MOST_CALL_BYTES, copy=copy) or last.target
            kept.target_by_loss = True

    def on_operation(self, operation: Operation) -> None:
        """Take the other side of a comparison with the model's answer as the target, where nothing else told it."""
        kept = self.open
        if kept is None or operation.name not in COMPARISONS or operation.inside_model or kept.last.target is not None:
            return
        rows = kept.last.rows
        sides = [side for side in operation.args[:2] if isinstance(side, torch.Tensor) and side.shape == (rows,)]
        answers = kept.answers()
        if len(sides) != 2 or answers is None or len(answers) != rows:
            return
        held = [hold(side, rows, rows, MOST_CALL_BYTES, copy=True) for side in sides]
        arrays = [None if entry is None else entry.values() for entry in held]
        ours = [array is not None and bool((array == answers).all()) for array in arrays]
        if any(ours):
            kept.last.target = held[0] if ours[1] else held[1]

    def samples(self) -> dict[str, np.ndarray]:
        """Arrays by site, `site0/input` and the like; `step` and `call` have one value a row."""
        for deferred in self.deferred.values():
            deferred.settle()
        found: dict[str, np.ndarray] = {}
        for number, kept in self.kept.items():
            found |= {f"site{number}/{name}": array for name, array in kept.joined().items()}
        for number, labels in self.labels.items():
            found |= {f"site{number}/{name}": array for name, array in labels.joined().items()}
        return found


def copied(kept: Kept, site: Site) -> bool:
    """Whether the rows of a place are copied as soon as they are seen."""
    return kept.copies or (not site.grad and site.calls <= COPIED)


def is_interleaved(call: ModelCall) -> bool:
    """Whether a place is called at most steps, as a model that gives targets to another is: a step is no pass of its own."""
    return call.site.runs > OFTEN and 2 * call.site.runs > call.step


def is_evaluation(call: ModelCall) -> bool:
    """Whether a place is known not to train."""
    return not call.site.trained and (not call.site.grad or call.site.judged >= JUDGED)


def rows_within(tensor: torch.Tensor, limit: int) -> int:
    """How many of the first rows have at most this many bytes."""
    rows = len(tensor)
    size = max(1, tensor.numel() * tensor.element_size() // max(1, rows))
    return min(rows, limit // size)
