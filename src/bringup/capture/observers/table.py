"""All observers of programs that use torch, in the order in which they are told."""

from bringup.capture.observer import Observer
from bringup.capture.observers.ahead import Ahead
from bringup.capture.observers.attentions import Attentions
from bringup.capture.observers.by_hand import ByHand
from bringup.capture.observers.calls import Calls
from bringup.capture.observers.carried import Carried
from bringup.capture.observers.choices import Choices
from bringup.capture.observers.copies import Copies
from bringup.capture.observers.directions import Directions
from bringup.capture.observers.dropouts import Dropouts
from bringup.capture.observers.failures import Failures
from bringup.capture.observers.finiteness import Finiteness
from bringup.capture.observers.graphs_kept import GraphsKept
from bringup.capture.observers.heads import Heads
from bringup.capture.observers.horizons import Horizons
from bringup.capture.observers.initial import Initial
from bringup.capture.observers.layers import Layers
from bringup.capture.observers.loops import Loops
from bringup.capture.observers.losses import Losses
from bringup.capture.observers.mixing import Mixing
from bringup.capture.observers.modes import Modes
from bringup.capture.observers.optimizers import Optimizers
from bringup.capture.observers.origins import Origins
from bringup.capture.observers.penalties import Penalties
from bringup.capture.observers.samples import Samples
from bringup.capture.observers.schedules import Schedules
from bringup.capture.observers.shapes import Shapes
from bringup.capture.observers.signals import Signals
from bringup.capture.observers.structure import Structure
from bringup.capture.observers.terms import Terms
from bringup.capture.observers.training import Training
from bringup.capture.observers.unheld import Unheld
from bringup.capture.observers.weights import Weights


def observers() -> tuple[type[Observer], ...]:
    """The observers that a session begins with."""
    return (
        Calls,
        Losses,
        Training,
        Samples,
        Failures,
        Finiteness,
        Signals,
        Weights,
        Origins,
        Layers,
        Choices,
        Loops,
        Initial,
        Structure,
        Shapes,
        Mixing,
        Optimizers,
        Unheld,
        Heads,
        Horizons,
        Ahead,
        Attentions,
        Modes,
        Dropouts,
        Schedules,
        Directions,
        Carried,
        Copies,
        GraphsKept,
        ByHand,
        Penalties,
        Terms,
    )
