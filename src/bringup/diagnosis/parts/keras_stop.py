"""A Keras callback that ends a training; it is in a file of its own, since its class can be made only once Keras is there."""

import time
from typing import Any

import keras


class Stop(keras.callbacks.Callback):
    """Ends a training after so many batches, or after so many seconds.

    Args:
        steps: Batches.
        seconds: None for no limit.
    """

    def __init__(self, *, steps: int, seconds: float | None) -> None:
        super().__init__()
        self.steps, self.done = steps, 0
        self.until = None if seconds is None else time.monotonic() + seconds

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        """Count, and end it."""
        del batch, logs
        self.done += 1
        if self.done >= self.steps or (self.until is not None and time.monotonic() > self.until):
            model: Any = self.model
            model.stop_training = True
