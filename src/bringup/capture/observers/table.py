"""All observers of programs that use torch, in the order in which they are told."""

from bringup.capture.observer import Observer
from bringup.capture.observers.calls import Calls
from bringup.capture.observers.losses import Losses
from bringup.capture.observers.samples import Samples
from bringup.capture.observers.training import Training


def observers() -> tuple[type[Observer], ...]:
    """The observers that a session begins with."""
    return (Calls, Losses, Training, Samples)
