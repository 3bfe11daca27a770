"""The rows that the program was seen to use, kept within bounds for the analysis after its end."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch

from bringup.capture.events import Batch, LossCall, ModelCall
from bringup.capture.observer import Observer
from bringup.capture.torch.tensors import first_tensor, tensors_in

MOST_ROWS = 4000  # of each place
MOST_BYTES = 32 << 20  # of each place
TOTAL_BYTES = 128 << 20


@dataclass(slots=True)
class Kept:
    """Rows of one place. `inputs`, `outputs` and `targets` hold one array a call, aligned; a target is None where none was seen."""

    inputs: list[np.ndarray] = field(default_factory=list)
    seconds: list[np.ndarray | None] = field(default_factory=list)
    outputs: list[np.ndarray | None] = field(default_factory=list)
    targets: list[np.ndarray | None] = field(default_factory=list)
    steps: list[int] = field(default_factory=list)
    rows: int = 0
    bytes: int = 0
    full: bool = False


class Samples(Observer):
    """Keeps the first rows of each training place, and of each evaluation place the last pass.

    Targets come from the loss that follows a call, else from the batch of the data loader that the inputs came from.
    """

    def __init__(self, session: Any) -> None:
        super().__init__(session)
        self.kept: dict[int, Kept] = {}
        self.total = 0
        self.batch: list[torch.Tensor] = []
        self.open: Kept | None = None

    def on_batch(self, batch: Batch) -> None:
        """Remember the tensors of the batch."""
        self.batch = list(tensors_in(batch.value))

    def on_call(self, call: ModelCall) -> None:
        """Keep the rows of a call."""
        self.open = None
        kept = self.kept.get(call.site.number)
        if kept is None:
            kept = self.kept[call.site.number] = Kept()
        if call.new_pass and not call.site.trained and kept.inputs and call.site.judged == 0:
            self.total -= kept.bytes
            kept = self.kept[call.site.number] = Kept()
        if kept.full:
            return
        given = [tensor for tensor in tensors_in((call.args, call.kwargs)) if tensor.dim() > 0]
        if not given:
            return
        self.keep(kept, given, first_tensor(call.output), call.step)

    def keep(self, kept: Kept, given: list[torch.Tensor], output: torch.Tensor | None, step: int) -> None:
        """Copy the rows, if there is room."""
        rows = len(given[0])
        tensors = [given[0], given[1] if len(given) > 1 else None, output]
        arrays = [rows_of(tensor, rows) for tensor in tensors]
        if arrays[0] is None:
            return
        size = sum(array.nbytes for array in arrays if array is not None)
        if kept.rows and (kept.bytes + size > MOST_BYTES or kept.rows + rows > MOST_ROWS or self.total + size > TOTAL_BYTES):
            kept.full = True
            return
        kept.inputs.append(arrays[0])
        kept.seconds.append(arrays[1])
        kept.outputs.append(arrays[2])
        kept.targets.append(self.target_in_batch(given, rows))
        kept.steps.append(step)
        kept.rows += rows
        kept.bytes += size
        self.total += size
        self.open = kept

    def target_in_batch(self, given: list[torch.Tensor], rows: int) -> np.ndarray | None:
        """The last tensor of the loader's batch that did not go into the model."""
        if not any(same(tensor, part) for tensor in given for part in self.batch):
            return None
        others = [part for part in self.batch if not any(same(tensor, part) for tensor in given)]
        return rows_of(others[-1], rows) if others else None

    def on_loss(self, loss: LossCall) -> None:
        """Keep the targets of the call before."""
        if self.open is None or not isinstance(loss.target, torch.Tensor) or not self.open.targets:
            return
        rows = len(self.open.inputs[-1])
        if loss.target.dim() and len(loss.target) == rows and not loss.target.requires_grad:
            self.open.targets[-1] = rows_of(loss.target, rows)
        self.open = None

    def samples(self) -> dict[str, np.ndarray]:
        """Arrays by site: `site0/input`, `site0/output`, `site0/target`, `site0/step` (one step a row)."""
        found: dict[str, np.ndarray] = {}
        for number, kept in self.kept.items():
            found |= {f"site{number}/{name}": array for name, array in joined(kept).items()}
        return found


def same(one: torch.Tensor, other: torch.Tensor) -> bool:
    """Whether two tensors hold the same rows: the same memory, or at least the same shape and first value (after a cast or a move)."""
    if one is other or one.data_ptr() == other.data_ptr():
        return True
    return one.dim() > 0 and one.shape == other.shape and one.numel() > 0 and bool(first(one) == first(other)) and one.dim() > 1


def first(tensor: torch.Tensor) -> float:
    """The first value."""
    return float(tensor.detach().flatten()[0])


def rows_of(tensor: torch.Tensor | None, rows: int) -> np.ndarray | None:
    """A copy of the rows as an array; None where they are not one each, or too large to keep even once."""
    if tensor is None or tensor.dim() == 0 or len(tensor) != rows or tensor.is_sparse:
        return None
    with torch.no_grad():
        values = tensor.detach()
        if values.numel() * values.element_size() > MOST_BYTES:
            return None
        values = values.float() if values.dtype in (torch.bfloat16, torch.float16) else values
        return values.to("cpu", copy=True).numpy()


def joined(kept: Kept) -> dict[str, np.ndarray]:
    """The arrays of one place, each over all its calls; those that do not fit together are left out."""
    if not kept.inputs:
        return {}
    columns = {"input": kept.inputs, "input2": kept.seconds, "output": kept.outputs, "target": kept.targets}
    found = {}
    for name, arrays in columns.items():
        whole = [array for array in arrays if array is not None]
        if len(whole) == len(arrays) and len({array.shape[1:] for array in whole}) == 1:
            found[name] = np.concatenate(whole)
    if "input" not in found:
        return {}
    found["step"] = np.repeat(kept.steps, [len(array) for array in kept.inputs])
    found["call"] = np.repeat(np.arange(len(kept.inputs)), [len(array) for array in kept.inputs])
    return found
