"""An experiment that can be run again with one thing changed."""

from dataclasses import dataclass
from typing import Protocol

from bringup.record import Series


@dataclass(frozen=True, kw_only=True)
class Change:
    """What a probe changes; the default changes nothing.

    Attributes:
        learning_rate: A factor on the script's or pipeline's own learning rate.
        optimizer: "adam" swaps in Adam at 3e-4.
        negate_loss: Train on minus the loss.
        no_regularisation: Weight decay, dropout and augmentation off.
        standardise_inputs: Every input to mean 0 and standard deviation 1, over the batch.
        standardise_target: The target likewise (regression).
        float32: Compute in float32 where a narrower type was in use.
        reinitialise: He / Glorot initialisation.
        shuffle_labels: Targets permuted over the examples.
        zero_inputs: Every input 0.
    """

    learning_rate: float = 1.0
    optimizer: str | None = None
    negate_loss: bool = False
    no_regularisation: bool = False
    standardise_inputs: bool = False
    standardise_target: bool = False
    float32: bool = False
    reinitialise: bool = False
    shuffle_labels: bool = False
    zero_inputs: bool = False


NOTHING = Change()


class Experiment(Protocol):
    """A training that can be repeated on one frozen batch. Implemented for tensors, and for a watched script."""

    def floor(self, change: Change = NOTHING) -> float:
        """The loss that no model can go below on this batch (equal inputs, different targets), in units of the changed loss."""
        ...

    def ignorant(self, change: Change = NOTHING) -> float | None:
        """The loss of the best prediction that does not look at the inputs, in the same units; None where that is not known."""
        ...

    def applies(self, change: Change) -> bool:
        """Whether the change would change anything: no regularisation is taken away where there is none."""
        ...

    def one_batch(self, change: Change, *, steps: int, seed: int) -> Series:
        """The loss at each step of a training on one frozen batch, until the answer is plain. Same seed, same series."""
        ...
