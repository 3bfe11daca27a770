"""The boundary of the data: passes over data loaders, and their batches."""

import functools
import weakref
from threading import get_ident
from typing import TYPE_CHECKING, Any

from bringup.capture.events import Batch
from bringup.capture.thinning import Level

if TYPE_CHECKING:
    from bringup.capture.torch.boundaries import Watch


def install(watch: "Watch") -> None:
    """See where loaders are built, each pass over one, and each batch."""
    from torch.utils.data.dataloader import DataLoader, _BaseDataLoaderIter

    passes = Passes(watch)
    watch.patches.replace(DataLoader, "__init__", lambda original: built(watch, original))
    watch.patches.replace(DataLoader, "__iter__", passes.begun)
    watch.patches.replace(_BaseDataLoaderIter, "__next__", passes.advanced)


def built(watch: "Watch", original: Any) -> Any:
    """Note where a loader was built."""

    @functools.wraps(original)  # Lightning reads the signature
    def __init__(loader: Any, *args: Any, **kwargs: Any) -> None:  # noqa: N807 - it takes that place
        original(loader, *args, **kwargs)
        if watch.session.watching:
            watch.session.creations.note(loader, 2)

    return __init__


class Passes:
    """Passes over loaders that are not at their end yet."""

    def __init__(self, watch: "Watch") -> None:
        self.watch = watch
        self.open: dict[int, list[Any]] = {}  # by iterator: its loader, how many batches it gave, and where

    def begun(self, original: Any) -> Any:
        """Tell that a pass begins."""

        @functools.wraps(original)
        def __iter__(loader: Any) -> Any:  # noqa: N807 - it takes that place
            iterator = original(loader)
            session = self.watch.session
            if session.watching:
                self.watch.unsteady()  # in whose calls no pass begins
                self.watch.begins = True
                self.open[id(iterator)] = [weakref.ref(loader), 0, None]
                session.emit("on_loader", loader, session.person.place(2))
            return iterator

        return __iter__

    def advanced(self, original: Any) -> Any:
        """Tell of a batch."""

        @functools.wraps(original)
        def __next__(iterator: Any) -> Any:  # noqa: N807 - it takes that place
            try:
                value = original(iterator)
            except StopIteration:
                self.open.pop(id(iterator), None)
                raise
            known, session = self.open.get(id(iterator)), self.watch.session
            if known is not None and session.active and get_ident() == session.thread:
                if not known[1]:
                    known[2] = session.person.place(2)  # one loop, one line
                session.present.batch = batch = Batch(known[0](), value, known[2], known[1], session.steps)
                session.emit("on_batch", batch, level=Level.CLOSE if session.detail else Level.LIGHT)
                known[1] += 1
            return value

        return __next__
