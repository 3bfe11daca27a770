"""What makes tensors without a word to the lens: `torch.from_numpy` takes no tensor, and no mode is told of it."""

import functools
from typing import TYPE_CHECKING, Any

import torch

from bringup.capture.events import Operation

if TYPE_CHECKING:
    from bringup.capture.torch.boundaries import Watch


def install(watch: "Watch") -> None:
    """See it while the lens is open."""
    watch.patches.replace(torch, "from_numpy", lambda original: wrapped(watch, original))


def wrapped(watch: "Watch", original: Any) -> Any:
    """A function that tells of its calls as the lens does."""
    session = watch.session

    @functools.wraps(original)
    def from_numpy(*args: Any, **kwargs: Any) -> Any:
        result = original(*args, **kwargs)
        if watch.lens.wanted and session.watching and not session.telling:
            place = session.person.place(2)
            event = Operation(original, "from_numpy", args, kwargs, result, place, session.steps, watch.depth > 0)
            session.emit("on_operation", event)
        return result

    return from_numpy
