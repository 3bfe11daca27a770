"""What an observer is: it is told of the boundaries that it has a method for, and fills sections of the record."""

from typing import TYPE_CHECKING, Any, ClassVar

from bringup.capture.thinning import Level

if TYPE_CHECKING:
    import numpy as np

    from bringup.capture.session import Session

EVENTS = (
    "on_module",  # (module): a module was constructed by the person's program
    "on_load",  # (module): weights were loaded into it
    "on_mode",  # (module, training, Place): it was put into train or eval mode, with all that is in it
    "on_dropout",  # (Dropout): a dropout worked although the root that is being called is in eval mode
    "on_root",  # (Root, module): the first call of a root, before it runs
    "before_call",  # (Site, module, args, kwargs, detail): a root is about to run
    "on_call",  # (ModelCall)
    "on_loss",  # (LossCall): after the loss function ran, or raised
    "on_backward",  # (Backward): before the pass; saved tensors can be read
    "after_backward",  # (Backward): gradients are there
    "on_optimizer",  # (optimizer, Place): constructed
    "on_step",  # (Step): before it
    "after_step",  # (Step)
    "after_breath",  # (step): it is done, told or not, and is one of those after which graphs that are kept are counted
    "on_scheduler",  # (scheduler, Place): constructed
    "on_schedule",  # (scheduler, Place, step): a scheduler stepped
    "on_clip",  # (parameters, limit, norm, Place, step): gradients were clipped by norm
    "on_loader",  # (loader, Place): a pass over a data loader begins
    "on_batch",  # (Batch)
    "on_folds",  # (kind, rows, shuffled, Place): a splitter of scikit-learn was asked by the person for its folds
    "on_split",  # (arrays, parts, options, Place): `train_test_split` was called by the person
    "on_fit",  # (class, what it does, rows, supervised, Place): a transformer is about to be fitted, or rows resampled
    "on_score",  # (name, truth, answer, value, Place): a metric of scikit-learn was computed
    "on_shuffle",  # (Place): numpy's global generator shuffled
    "on_operation",  # (Operation): only while the lens is open
    "on_failure",  # (BaseException): the program ends by it
    "at_end",  # (): the program ended; last chance for what needs live objects
)
COUNTED = frozenset({"on_call", "on_loss", "on_backward", "after_backward", "on_step", "after_step"})  # not made at all steps


class Observer:
    """The base of all observers.

    Methods are named as in `EVENTS`; those that a class does not have cost nothing. An observer never changes what the program
    computes: it draws no random numbers, runs the person's modules on copies only, and keeps a bounded amount of memory.
    """

    close_only: ClassVar[frozenset[str]] = frozenset()  # events that it wants only where they are looked at closely
    in_windows: ClassVar[frozenset[str]] = frozenset()  # those that it wants of some steps in a row
    in_rows: ClassVar[frozenset[str]] = frozenset()  # those that it wants of places where it is `wanted`
    rests: ClassVar[bool] = False  # whether it does without the others between windows, unless it asks for them

    def __init__(self, session: "Session") -> None:
        self.session = session

    def level_of(self, event: str) -> Level:
        """Up to which level it is told of an event."""
        if event in self.close_only:
            return Level.CLOSE
        if event in self.in_windows:
            return Level.WINDOW
        return Level.ROWS if event in self.in_rows else Level.LIGHT

    def facts(self) -> dict[str, Any]:
        """The sections of the record that this observer fills, as they stand now; may be called at any time."""
        return {}

    def samples(self) -> "dict[str, np.ndarray]":
        """Arrays to be analysed after the program ended."""
        return {}
