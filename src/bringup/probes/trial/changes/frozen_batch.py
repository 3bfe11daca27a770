"""One batch, again and again, whatever way the program comes by its data.

What a program computes from its data is replayed: the result of each torch call that it makes itself, on tensors that
carry no gradient and stem from no model, is kept by its place in the code and its turn within a step, and given again at that
place and turn in every later step. Batches of data loaders, what a model is called with, and the targets of loss functions
are replayed likewise. It is off inside modules, in backward passes, and where gradients are off. A step is one of the first
optimizer.

Whether a freeze holds is tested by training at learning rate 0 without dropout: the losses must then repeat bit for bit.
"""

import inspect
import sys
from types import FrameType
from typing import TYPE_CHECKING, Any

import torch
import torch.nn.functional as functions
from torch import nn
from torch.overrides import TorchFunctionMode

from bringup.capture.source.person import PACKAGE
from bringup.capture.torch.losses import NAMES
from bringup.capture.torch.tensors import mapped, tensors_in
from bringup.probes.trial.intervention import Intervention

if TYPE_CHECKING:
    from bringup.capture.torch.boundaries import Watch

LOSSES = (nn.modules.loss._Loss,)
MOST_BYTES = 32 << 20  # of one result; what is larger is a data set, not a batch
TAINT = "_bringup_made_by_model"
THROUGH = (torch.__path__[0], PACKAGE)  # frames that lie between the program and a torch call that it makes itself
MUTATES = frozenset({"__setitem__", "__iadd__", "__isub__", "__imul__", "__itruediv__", "__set__", "copy_", "backward"})


class FrozenBatch(Intervention):
    """Replays the data of the first step."""

    def __init__(self, session: Any, options: dict[str, Any]) -> None:
        super().__init__(session, options)
        self.kept: dict[Any, Any] = {}
        self.turns: dict[Any, int] = {}
        self.depth = 0
        self.in_backward = False
        self.mode: Replaying | None = None

    def install(self, watch: "Watch") -> None:
        """Take the places at which data come in."""
        from torch.utils.data.dataloader import _BaseDataLoaderIter

        patches = watch.patches
        patches.replace(nn.Module, "__call__", self.call)
        patches.replace(torch.autograd, "backward", self.backward)
        patches.replace(_BaseDataLoaderIter, "__next__", self.advanced)
        patches.replace(torch, "from_numpy", lambda original: self.made(original, "from_numpy"))
        for name in NAMES:
            patches.replace(functions, name, lambda original, name=name: self.loss(original, name))
        if not self.options.get("boundaries"):
            self.mode = Replaying(self)
            self.mode.__enter__()

    def uninstall(self) -> None:
        """Leave the mode."""
        if self.mode is not None:
            self.mode.__exit__(None, None, None)
            self.mode = None

    def after_step(self, step: Any) -> None:
        """Begin with the first turns again."""
        if step.number == 0:
            self.turns.clear()

    @property
    def live(self) -> bool:
        """Whether nothing is to be replayed here."""
        return self.depth > 0 or self.muted or self.in_backward or not torch.is_grad_enabled()

    def turn(self, place: Any) -> tuple[Any, int]:
        """This place, and how often it was reached in this step."""
        count = self.turns[place] = self.turns.get(place, 0) + 1
        return place, count

    def replay(self, key: Any, fresh: Any) -> Any:
        """What was kept under a key; what is fresh where nothing was."""
        if key not in self.kept:
            if weight(fresh) > MOST_BYTES:
                return fresh
            self.kept[key] = copied(fresh)
            return fresh
        kept = self.kept[key]
        if not alike(kept, fresh):
            return fresh
        self.acted += 1
        return copied(kept)

    def call(self, original: Any) -> Any:
        """The outermost call of a model, with the arguments of the first step."""

        def __call__(module: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: N807 - it takes that place
            if not self.live and isinstance(module, LOSSES):
                return original(module, *args, **kwargs)  # the function that it calls replays the target
            if self.live or next(module.parameters(), None) is None:
                self.depth += 1
                try:
                    return original(module, *args, **kwargs)
                finally:
                    self.depth -= 1
            if not any(made_by_model(tensor) for tensor in tensors_in((args, kwargs))):
                args, kwargs = self.replay(self.turn(("call", id(module), self.person_place())), (args, kwargs))
            self.depth += 1
            try:
                output = original(module, *args, **kwargs)
            finally:
                self.depth -= 1
            taint(output)
            return output

        return __call__

    def person_place(self) -> Any:
        """The line that the person's program is at."""
        return self.session.person.place(3)

    def loss(self, original: Any, name: str) -> Any:
        """A loss function, with the target of the first step."""
        second = list(inspect.signature(original).parameters)[1]

        def loss_function(*args: Any, **kwargs: Any) -> Any:
            target = args[1] if len(args) > 1 else kwargs.get(second)
            if self.live or target is None or any(made_by_model(tensor) for tensor in tensors_in(target)):
                return original(*args, **kwargs)
            target = self.replay(self.turn((name, self.person_place())), target)
            if len(args) > 1:
                return original(args[0], target, *args[2:], **kwargs)
            return original(*args, **{**kwargs, second: target})

        return loss_function

    def backward(self, original: Any) -> Any:
        """A backward pass, left alone."""

        def backward(*args: Any, **kwargs: Any) -> Any:
            self.in_backward = True
            try:
                return original(*args, **kwargs)
            finally:
                self.in_backward = False

        return backward

    def advanced(self, original: Any) -> Any:
        """A data loader's next batch: the first one of that line."""

        def __next__(iterator: Any) -> Any:  # noqa: N807 - it takes that place
            batch = original(iterator)
            return self.replay(("batch", self.session.person.place(2)), batch)

        return __next__

    def made(self, original: Any, name: str) -> Any:
        """A function that makes a tensor and is not seen by the mode."""

        def make(*args: Any, **kwargs: Any) -> Any:
            fresh = original(*args, **kwargs)
            place = None if self.live else direct_place(self.session.person, sys._getframe(1))
            return fresh if place is None else self.replay(self.turn((place, name)), fresh)

        return make


class Replaying(TorchFunctionMode):
    """Sees the torch calls that the program makes itself."""

    def __init__(self, frozen: FrozenBatch) -> None:
        super().__init__()
        self.frozen = frozen

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        """Call the function, and give what it gave in the first step."""
        kwargs = kwargs or {}
        frozen = self.frozen
        fresh = func(*args, **kwargs)
        if frozen.live or frozen.session.telling:
            return fresh
        if any(made_by_model(tensor) for tensor in tensors_in((args, kwargs))):
            taint(fresh)
            return fresh
        name = getattr(func, "__name__", "")
        if not holds_tensors(fresh) or name in MUTATES or (name.endswith("_") and not name.endswith("__")) or "out" in kwargs:
            return fresh
        place = direct_place(frozen.session.person, sys._getframe(1))
        if place is None:
            return fresh
        return frozen.replay(frozen.turn((place, name)), fresh)


def direct_place(person: Any, frame: FrameType | None) -> Any:
    """Where the person's program stands if it is what called torch; None where another library lies between."""
    while frame is not None and frame.f_code.co_filename.startswith(THROUGH):
        frame = frame.f_back
    if frame is None or not person.is_own(frame.f_code):
        return None
    return frame.f_code, frame.f_lasti


def made_by_model(tensor: torch.Tensor) -> bool:
    """Whether a tensor carries a gradient, or stems from one that did."""
    return tensor.requires_grad or getattr(tensor, TAINT, False)


def taint(value: Any) -> None:
    """Mark the tensors of a value as made by a model."""
    for tensor in tensors_in(value):
        setattr(tensor, TAINT, True)


def holds_tensors(value: Any) -> bool:
    """Whether a value is made of tensors."""
    return isinstance(value, torch.Tensor) or (isinstance(value, tuple | list) and any(True for _ in tensors_in(value)))


def weight(value: Any) -> int:
    """Bytes of the tensors of a value."""
    return sum(tensor.numel() * tensor.element_size() for tensor in tensors_in(value))


def alike(kept: Any, fresh: Any) -> bool:
    """Whether two values hold as many tensors, of the same types."""
    ours, theirs = list(tensors_in(kept)), list(tensors_in(fresh))
    return len(ours) == len(theirs) and all(a.dtype == b.dtype and a.ndim == b.ndim for a, b in zip(ours, theirs, strict=True))


def copied(value: Any) -> Any:
    """A value with its tensors copied."""

    def copy(tensor: torch.Tensor) -> torch.Tensor:
        with torch._C.DisableTorchFunction():
            return tensor.detach().clone().requires_grad_(tensor.requires_grad)

    return mapped(value, copy)
