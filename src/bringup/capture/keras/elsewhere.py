"""Keras on another backend than torch: what it tells its callbacks, and what is handed to `fit`.

Tensors, gradients and single operations are out of sight there: they are compiled, or belong to frameworks that are not
watched.
"""

import functools
from typing import TYPE_CHECKING, Any

from bringup.capture.observer import Observer
from bringup.capture.series import Growing

if TYPE_CHECKING:
    from bringup.capture.session import Session
    from bringup.capture.torch.patching import Patches


def install(session: "Session", patches: "Patches") -> None:
    """Hand each `fit` a callback of ours."""
    from keras import Model  # pyright: ignore[reportMissingImports]

    logs = Logs(session)
    session.add(logs)
    patches.replace(Model, "fit", logs.wrapped)


class Logs(Observer):
    """Fills the series "train/loss" by batch, and counts batches as steps."""

    def __init__(self, session: "Session") -> None:
        super().__init__(session)
        self.losses = Growing("loss")

    def wrapped(self, original: Any) -> Any:
        """A `fit` with one callback more."""
        from keras.callbacks import Callback, CallbackList  # pyright: ignore[reportMissingImports]

        session, noted = self.session, self

        class Told(Callback):
            def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
                del batch
                noted.told(logs or {})

        @functools.wraps(original)
        def fit(model: Any, *args: Any, **kwargs: Any) -> Any:
            given = kwargs.get("callbacks")
            if not session.watching or isinstance(given, CallbackList):
                return original(model, *args, **kwargs)
            many = list(given) if isinstance(given, list | tuple) else [given] if given is not None else []
            return original(model, *args, **{**kwargs, "callbacks": [*many, Told()]})

        return fit

    def told(self, logs: dict[str, Any]) -> None:
        """Note one batch; the loss that Keras tells is the mean over its epoch so far."""
        if "loss" in logs:
            self.losses.add(self.session.steps, float(logs["loss"]))
        self.session.counted(steps=1, backwards=1)

    def facts(self) -> dict[str, Any]:
        """The series."""
        return {"series": {"train/loss": self.losses.frozen()}} if self.losses.last is not None else {}
