"""What a training is told: the sensible defaults of the recipe, each of them a field."""

from typing import Literal

from pydantic import Field

from bringup.findings import Frozen

LEARNING_RATE = 3e-4  # the "magic" default for Adam
BATCH_ROWS = 64


class TrainingSettings(Frozen):
    """How a network is trained.

    Attributes:
        learning_rate: Adam's step size.
        batch_rows: Examples in one optimizer step.
        accumulate: Parts that a batch is computed in, one after the other; the effective batch stays `batch_rows`.
        hidden: Widths of the hidden layers.
        weight_decay: Decoupled (AdamW; Loshchilov & Hutter 2019). None by default: first overfit, then regularise.
        dropout: Share of hidden units switched off. None by default.
        epochs: At most so many passes over the training rows.
        patience: Passes without a better validation loss after which training stops.
        precision: "bf16" computes in bfloat16 under autocast, weights stay float32.
        recompute: Recompute activations in the backward pass instead of keeping them (less memory, more time).
    """

    learning_rate: float = Field(default=LEARNING_RATE, gt=0)
    batch_rows: int = Field(default=BATCH_ROWS, ge=1)
    accumulate: int = Field(default=1, ge=1)
    hidden: tuple[int, ...] = (256,)
    weight_decay: float = Field(default=0.0, ge=0)
    dropout: float = Field(default=0.0, ge=0, lt=1)
    epochs: int = Field(default=200, ge=1)
    patience: int = Field(default=10, ge=1)
    precision: Literal["float32", "bf16"] = "float32"
    recompute: bool = False


def batch_rows_for(rows: int) -> int:
    """The batch size for so many training rows: a power of two from 16 to 512 that gives about 300 steps a pass.

    Small sets need small batches to make enough steps; large sets gain nothing from more than a few hundred steps a pass.
    """
    wanted = rows / 300
    size = 16
    while size < wanted and size < 512:
        size *= 2
    return size
