"""Training rows in random order."""

from typing import TYPE_CHECKING, Any, ClassVar

import torch

from bringup.capture.events import LossCall
from bringup.capture.torch.tensors import tensors_in
from bringup.probes.trial.changes.operations import AS_IT_IS, ChangedOperations

if TYPE_CHECKING:
    from bringup.capture.torch.boundaries import Watch

LEARNING_STEPS = 3  # in which the lines are found that cut batches out


class ShuffledRows(ChangedOperations):
    """Data loaders that go in order go in random order; slices go through one fixed permutation.

    A slice is changed only where a line was seen to cut out just what a model is given, and another line just what goes into
    the loss as its target, from equally many rows: then both are permuted alike, and rows keep their labels.
    """

    names: ClassVar[frozenset[str]] = frozenset({"getitem"})

    def __init__(self, session: Any, options: dict[str, Any]) -> None:
        super().__init__(session, {})
        del options
        self.generator = torch.Generator().manual_seed(0)
        self.cuts: dict[int, tuple[Any, int]] = {}  # by the memory of a slice: its line, and of how many rows
        self.inputs: dict[Any, int] = {}
        self.targets: dict[Any, int] = {}
        self.orders: dict[int, torch.Tensor] = {}

    def install(self, watch: "Watch") -> None:
        """See slices, and passes over loaders."""
        from torch.utils.data import DataLoader

        super().install(watch)
        watch.patches.replace(DataLoader, "__iter__", self.begun)

    def begun(self, original: Any) -> Any:
        """A pass over a loader that goes in order, in random order."""
        from torch.utils.data import RandomSampler, SequentialSampler

        def __iter__(loader: Any) -> Any:  # noqa: N807 - it takes that place
            batches: Any = getattr(loader, "batch_sampler", None)
            sampler = getattr(batches, "sampler", None)
            if isinstance(sampler, SequentialSampler) and torch.is_grad_enabled() and len(sampler) > 1:
                batches.sampler = RandomSampler(sampler.data_source, generator=self.generator)
                self.acted += 1
            return original(loader)

        return __iter__

    def change(self, name: str, function: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Cut other rows out, where this is known to make a batch."""
        del name
        given, index = args[0], args[1] if len(args) > 1 else None
        if not isinstance(index, slice) or index.step not in (None, 1) or not isinstance(given, torch.Tensor):
            return AS_IT_IS
        if given.requires_grad or given.ndim == 0 or not torch.is_grad_enabled():
            return AS_IT_IS
        place, rows = self.session.person.place(3), len(given)
        if self.session.steps < LEARNING_STEPS:
            result = function(*args, **kwargs)
            self.cuts[result.data_ptr()] = (place, rows)
            self.acted -= 1  # it is what it was
            return result
        if self.inputs.get(place) != rows and self.targets.get(place) != rows:
            return AS_IT_IS
        if rows not in self.inputs.values() or rows not in self.targets.values():
            return AS_IT_IS
        if rows not in self.orders:
            self.orders[rows] = torch.randperm(rows, generator=self.generator)
        return given[self.orders[rows][index].to(given.device)]

    def before_call(self, site: Any, module: Any, args: tuple[Any, ...], kwargs: dict[str, Any], detail: bool) -> None:
        """Find the lines that cut inputs out."""
        del site, module, detail
        self.note(self.inputs, (args, kwargs))

    def on_loss(self, loss: LossCall) -> None:
        """Find the lines that cut targets out."""
        if loss.trains:
            self.note(self.targets, loss.target)

    def note(self, lines: dict[Any, int], given: Any) -> None:
        """Note which line a batch was cut out by."""
        if self.session.steps < LEARNING_STEPS:
            for tensor in tensors_in(given):
                place, rows = self.cuts.get(tensor.data_ptr(), (None, 0))
                if place is not None and rows > len(tensor):
                    lines[place] = rows
