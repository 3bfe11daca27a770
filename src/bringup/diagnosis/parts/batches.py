"""Data of a training in parts: whatever holds inputs and targets, as batches that can be gone through again and again."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any, Literal

import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset, IterableDataset

from bringup.errors import BringupError
from bringup.training.settings import BATCH_ROWS

MOST_BATCHES = 10_000  # of data that may have no end
FORMS = "hand over (x, y), a data loader, a data set, or a list of batches (inputs, target)"
EMBEDDINGS = (nn.Embedding, nn.EmbeddingBag)

Side = Literal["inputs", "target"]
Batch = tuple[tuple[Any, ...], Any]


@dataclass(frozen=True)
class Feed:
    """What a model takes: where its parameters are, in which type, and whether its inputs are numbers of tokens."""

    device: torch.device
    dtype: torch.dtype
    embeds: bool

    @classmethod
    def of(cls, model: nn.Module) -> "Feed":
        """What a model takes, by its parameters and layers."""
        parameters = list(model.parameters())
        types = [p.dtype for p in parameters if p.is_floating_point()]
        embeds = any(isinstance(module, EMBEDDINGS) for module in model.modules())
        return cls(parameters[0].device, types[0] if types else torch.float32, embeds)

    def tensor(self, value: Any, side: Side) -> Any:
        """A value where the model is. Arrays and tables become tensors of the types that a model and a loss take.

        Tensors keep their type: a wrong one is a fault of the training.

        Raises:
            BringupError: for text, dates and ragged lists.
        """
        if isinstance(value, torch.Tensor):
            return value.to(self.device)
        if isinstance(value, Mapping):
            return {name: self.tensor(entry, side) for name, entry in value.items()}
        if isinstance(value, tuple | list) and any(hasattr(entry, "shape") for entry in value):
            return type(value)(self.tensor(entry, side) for entry in value) if type(value) in (tuple, list) else value
        return self.from_array(array_of(value, side), side)

    def from_array(self, array: np.ndarray, side: Side) -> torch.Tensor:
        """See `tensor`."""
        if array.dtype.kind == "f" or (array.dtype.kind in "iu" and side == "inputs" and not self.embeds):
            return torch.from_numpy(np.array(array)).to(self.device, self.dtype)
        if array.dtype.kind in "iu":
            return torch.from_numpy(array.astype(np.int64)).to(self.device)
        return torch.from_numpy(np.array(array)).to(self.device)


def array_of(value: Any, side: Side) -> np.ndarray:
    """An array of numbers."""
    to_numpy = getattr(value, "to_numpy", None)
    try:
        array = np.asarray(to_numpy() if callable(to_numpy) else value)
    except ValueError:
        raise BringupError(
            f"the {side} of a batch cannot be made a tensor", there=f"a {type(value).__name__}", do=FORMS
        ) from None
    if array.dtype.kind not in "fiubc":
        do = "number the classes 0, 1, …" if side == "target" else "turn every column into numbers first"
        raise BringupError(f"the {side} of the training are no numbers", there=f"they are of type {array.dtype}", do=do)
    return array


@dataclass(frozen=True)
class Batches:
    """Batches of (inputs, target).

    Attributes:
        source: Whole tensors, the target last, or what gives batches each time it is gone through.
        whole: Whether it is whole tensors.
    """

    source: Any
    whole: bool
    feed: Feed

    def once(self, *, seed: int | None = None) -> Iterator[Batch]:
        """Go through them once.

        Args:
            seed: For the order of the rows of whole tensors; None keeps them in order.

        Raises:
            BringupError: if a batch is no pair.
        """
        if self.whole:
            yield from self.slices(seed)
            return
        for batch in islice(self.source, MOST_BATCHES):
            if isinstance(batch, torch.Tensor) or (isinstance(batch, tuple | list) and len(batch) == 1):
                raise BringupError("the targets are missing", there="a batch holds inputs alone", do=FORMS)
            if not isinstance(batch, tuple | list):
                raise BringupError("a batch must be (inputs, target)", there=f"it is a {type(batch).__name__}", do=FORMS)
            *inputs, target = batch
            yield tuple(self.feed.tensor(value, "inputs") for value in inputs), self.feed.tensor(target, "target")

    def slices(self, seed: int | None) -> Iterator[Batch]:
        """Batches of whole tensors."""
        *inputs, target = self.source
        order = torch.arange(len(target))
        if seed is not None:
            order = torch.randperm(len(target), generator=torch.Generator().manual_seed(seed))
        for rows in order.split(BATCH_ROWS):
            place = rows.to(self.feed.device)
            yield tuple(value[place] for value in inputs), target[place]


def read_batches(data: Any, feed: Feed, *, shuffled: bool, name: str = "data") -> Batches:
    """Data as batches.

    Args:
        shuffled: Whether a data set, which has no order of its own, is shuffled.
        name: What the data are called in errors.

    Raises:
        BringupError: if they are missing, have no targets, or can be gone through only once.
    """
    refuse(data, name)
    if is_whole(data):
        return Batches(whole_tensors(data, feed, name), True, feed)
    if isinstance(data, Dataset) or is_sequence_of_items(data):
        endless = isinstance(data, IterableDataset)
        return Batches(DataLoader(data, batch_size=BATCH_ROWS, shuffle=shuffled and not endless), False, feed)
    return Batches(data, False, feed)


def refuse(data: Any, name: str) -> None:
    """Raise `BringupError` for what holds no batches, or no targets."""
    if data is None:
        raise BringupError(f"`{name}` is missing", do=FORMS)
    if isinstance(data, type):
        raise BringupError(f"`{name}` is the class {data.__name__}, not an object of it", do=f"hand over {data.__name__}(…)")
    if hasattr(data, "shape") or (isinstance(data, tuple | list) and len(data) == 1 and hasattr(data[0], "shape")):
        raise BringupError(
            "the targets are missing", there=f"`{name}` holds inputs alone", do=FORMS + "; (x, x) for an autoencoder"
        )
    if isinstance(data, Iterator):
        raise BringupError(
            f"`{name}` can be gone through only once",
            there=f"it is a {type(data).__name__}",
            do=f"make a list of it, or {FORMS}",
        )
    if isinstance(data, str | Mapping) or not (isinstance(data, Iterable) or hasattr(data, "__getitem__")):
        raise BringupError(f"`{name}` holds no batches", there=f"it is a {type(data).__name__}", do=FORMS)
    if isinstance(data, tuple | list) and not data:
        raise BringupError(f"`{name}` is empty", do=FORMS)


def is_whole(data: Any) -> bool:
    """Whether data are whole arrays, the target last: (x, y), (x1, x2, y), or ((x1, x2), y)."""
    if not isinstance(data, tuple | list) or not hasattr(data[-1], "shape"):
        return False
    if len(data) == 2 and isinstance(data[0], tuple | list):
        return bool(data[0]) and all(hasattr(part, "shape") for part in data[0])
    return (len(data) == 2 or isinstance(data, tuple)) and all(hasattr(part, "shape") for part in data)


def is_sequence_of_items(data: Any) -> bool:
    """Whether this is a data set in all but its class: items by number, and no batches."""
    return hasattr(data, "__getitem__") and hasattr(data, "__len__") and not isinstance(data, Iterable)


def whole_tensors(data: Any, feed: Feed, name: str) -> tuple[torch.Tensor, ...]:
    """Whole arrays as tensors, all of the same length."""
    *inputs, target = data
    if len(inputs) == 1 and isinstance(inputs[0], tuple | list):
        inputs = list(inputs[0])
    found = (*(feed.tensor(part, "inputs") for part in inputs), feed.tensor(target, "target"))
    lengths = [len(part) if part.ndim else 0 for part in found]
    if len(set(lengths)) > 1:
        said = " and ".join(f"{length:,}" for length in lengths[:-1])
        raise BringupError(
            f"inputs and targets of `{name}` differ in length",
            there=f"{said} inputs, {lengths[-1]:,} targets",
            do="hand over as many",
        )
    if not lengths[0]:
        raise BringupError(f"`{name}` is empty", do=FORMS)
    return found
