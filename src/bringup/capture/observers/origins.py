"""Which line made the values that go into a model, and which data loader they came through."""

from dataclasses import dataclass
from typing import Any

import torch

from bringup.capture.events import Batch, LossCall, ModelCall, Operation
from bringup.capture.observer import Observer
from bringup.capture.source.arguments import argument_lines
from bringup.capture.source.person import Place
from bringup.capture.source.syntax import line_of_argument
from bringup.capture.torch.tensors import first_tensor, same_rows, tensors_in
from bringup.record import SourceFacts

NOWHERE: Place = ("", 0)
LOOKS = 3  # calls of each place
MOST_ROWS = 20_000  # storages whose line is remembered
SELECTIONS = frozenset(
    {
        "__getitem__", "index_select", "split", "chunk", "stack", "unbind", "narrow", "select", "clone",
        "detach", "pin_memory", "requires_grad_", "repeat", "expand", "tensor_split", "take_along_dim",
    }
)  # fmt: skip
SAME_VALUES = frozenset(
    {
        "view", "reshape", "flatten", "unflatten", "unsqueeze", "squeeze", "transpose", "permute", "swapaxes", "t",
        "contiguous", "to", "float", "double", "half", "bfloat16", "long", "int", "type", "type_as", "cpu", "cuda", "view_as",
        "movedim",
    }
)  # fmt: skip


@dataclass(slots=True)
class Noted:
    """What is noted of one place."""

    places: tuple[Place, ...] = ()
    written: Place | None = None
    input: Place | None = None
    selected: Place | None = None
    target: Place | None = None
    loader: Place | None = None
    loop: Place | None = None
    sampler: str | None = None
    rows: int | None = None
    whole: int | None = None
    batches: int | None = None
    looks: int = 0


class Origins(Observer):
    """Fills `sources`: follows tensors by their memory while operations are seen, through selections and changes of shape."""

    in_windows = frozenset({"on_call", "on_loss"})

    def __init__(self, session: Any) -> None:
        super().__init__(session)
        self.made: dict[int, Place] = {}
        self.selected: dict[int, Place] = {}
        self.loops: set[Place] = set()
        self.noted: dict[int, Noted] = {}
        self.open: Noted | None = None

    def on_loader(self, loader: Any, place: Any) -> None:
        """Operations of this line are those of the loader, not of the person."""
        del loader
        if place is not None and len(self.loops) < MOST_ROWS:
            self.loops.add(place)

    def on_operation(self, operation: Operation) -> None:
        """Note which line made a tensor."""
        if operation.inside_model or operation.place is None:
            return
        place: Place | None = operation.place
        chosen: Place | None = None
        if operation.name in SELECTIONS or operation.name in SAME_VALUES:
            first = first_tensor(operation.args)
            known = None if first is None else self.made.get(memory(first))
            chosen = None if first is None else self.selected.get(memory(first))
            if operation.name in SELECTIONS and not self.noted and place not in self.loops:
                chosen = place  # a part of the rows, set aside before the training
            if not (chosen == place and permutes(operation)):
                place = known or (None if operation.name in SELECTIONS else place)
        if place in self.loops:
            place = None
        for tensor in tensors_in(operation.result, 1):
            if not tensor.requires_grad and tensor.layout is torch.strided:
                self.note(self.made, memory(tensor), place)
                self.note(self.selected, memory(tensor), chosen)

    def note(self, known: dict[int, Place], key: int, place: Place | None) -> None:
        """Remember the line of a piece of memory, or forget it."""
        if place is None:
            known.pop(key, None)
            return
        if len(known) >= MOST_ROWS:
            known.clear()
        known[key] = place

    def on_call(self, call: ModelCall) -> None:
        """Look at the first calls of each place."""
        noted = self.noted.get(call.site.number)
        if noted is None:
            noted = self.noted[call.site.number] = Noted(call.site.places)
        self.open = None
        batch = self.session.present.batch
        if batch is not None and not call.site.grad and noted.looks >= LOOKS and not batch.index and noted.loader is not None:
            self.look_again(noted, call, batch)
        if noted.looks >= LOOKS:
            return
        noted.looks += 1
        self.open = noted
        given = first_tensor(call.args, call.kwargs)
        if given is None or given.layout is not torch.strided:
            return
        noted.input = noted.input or self.made.get(memory(given))
        noted.selected = noted.selected or self.selected.get(memory(given))
        if noted.loader is None and batch is not None and any(same_rows(given, part) for part in tensors_in(batch.value)):
            self.look_at_loader(noted, batch)

    def look_again(self, noted: Noted, call: ModelCall, batch: Batch) -> None:
        """Where one line evaluates several loaders in turn, the last one counts; its values were made unseen."""
        place = self.session.creations.place(batch.loader)
        if place == noted.loader or not any(same_rows(part, first_tensor(call.args)) for part in tensors_in(batch.value)):
            return
        noted.input = noted.selected = None
        self.look_at_loader(noted, batch)

    def look_at_loader(self, noted: Noted, batch: Batch) -> None:
        """Note what is known of the loader."""
        noted.loader = self.session.creations.place(batch.loader)
        noted.loop = batch.place
        noted.sampler = type(getattr(batch.loader, "sampler", None)).__name__
        dataset: Any = getattr(batch.loader, "dataset", None)
        noted.rows = length(dataset)
        while hasattr(dataset, "indices") and hasattr(dataset, "dataset"):
            dataset = dataset.dataset
        noted.whole = length(dataset)
        noted.batches = length(batch.loader)

    def on_loss(self, loss: LossCall) -> None:
        """Note where the target came from."""
        noted, self.open = self.open, None
        target = loss.target
        if noted is None or noted.target is not None or not isinstance(target, torch.Tensor) or target.requires_grad:
            return
        if target.layout is torch.strided:
            noted.target = self.made.get(memory(target))

    def facts(self) -> dict[str, Any]:
        """The places, in the order of their first calls."""
        if not self.noted:
            return {}
        where = self.session.person.where
        for noted in self.noted.values():
            unseen = noted.loader is None or noted.loader == noted.loop  # a library has made the loader in the call
            if noted.input is None and unseen and noted.written is None:
                noted.written = line_of_argument(noted.places) or NOWHERE
        return {
            "sources": tuple(
                SourceFacts(
                    site=number,
                    input=where(noted.input) or (where(noted.written) if noted.written != NOWHERE else None),
                    selected=where(noted.selected),
                    target=where(noted.target),
                    loader=where(noted.loader),
                    loop=where(noted.loop),
                    batch_size=where(size_of_batch(noted.loader)),
                    sampler=noted.sampler,
                    rows=noted.rows,
                    whole=noted.whole,
                    batches=noted.batches,
                )
                for number, noted in self.noted.items()
            )
        }


def size_of_batch(loader: Place | None) -> Place | None:
    """The line of the argument that sets the size of a loader's batches."""
    line = argument_lines(loader).get("batch_size")
    return (loader[0], line) if loader is not None and line is not None else None


def permutes(operation: Operation) -> bool:
    """Whether rows are put in another order: taken by as many numbers as there are."""
    rows, index = (*operation.args, None, None)[:2]
    if not isinstance(rows, torch.Tensor) or not isinstance(index, torch.Tensor) or rows.dim() == 0:
        return False
    return not index.is_floating_point() and index.dtype != torch.bool and index.shape == rows.shape[:1]


def memory(tensor: torch.Tensor) -> int:
    """The identity of the memory that a tensor looks at."""
    return tensor.untyped_storage().data_ptr()


def length(sized: Any) -> int | None:
    """The length of something of the person's, None where it has none or does not tell: `__len__` may raise anything."""
    try:
        return len(sized)
    except Exception:  # noqa: BLE001 - foreign code
        return None
