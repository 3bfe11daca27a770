"""A compiled Keras model as a training that can be run again and again: a clone of it, and its own `fit`."""

import sys
from dataclasses import dataclass
from typing import Any

from bringup.diagnosis.parts.randomness import seeded
from bringup.errors import BringupError
from bringup.training.settings import BATCH_ROWS

FORMS = "hand over (x, y), a data loader, or a tf.data or PyDataset"


@dataclass(frozen=True, kw_only=True)
class KerasParts:
    """What trains.

    Attributes:
        model: Is cloned for each training; the person's own stays as it is.
        loss, optimizer: In place of those that the model was compiled with; None for its own.
        data, validation: What `fit` takes: (x, y), or something that gives batches.
        steps: Batches to train on.
    """

    model: Any
    loss: Any
    optimizer: Any
    data: Any
    validation: Any
    steps: int
    seed: int
    seconds: float | None

    def train(self) -> None:
        """Fit a clone.

        Raises:
            BringupError: if the model cannot be cloned.
        """
        with seeded(self.seed):
            model = self.clone()
            x, y, rows = (*self.data, BATCH_ROWS) if isinstance(self.data, tuple | list) else (self.data, None, None)
            model.fit(
                x,
                y,
                batch_size=rows,
                epochs=self.steps,
                validation_data=self.validation,
                validation_freq=self.steps,
                verbose=0,
                callbacks=[self.stop()],
            )

    def clone(self) -> Any:
        """A model of the same layers, weights, loss and optimizer."""
        keras = sys.modules["keras"]
        try:
            model = keras.models.clone_model(self.model)
            if not model.built:
                model.build(self.model.input_shape)
            model.set_weights(self.model.get_weights())
            self.compile(model)
        except BringupError:
            raise
        except Exception as error:  # noqa: BLE001 - layers and losses of the person's own, which Keras may not know how to copy
            said = " ".join(str(error).split())[:200]
            raise BringupError(
                "the model cannot be cloned, and your own is not to be trained",
                there=f"{type(error).__name__}: {said}",
                do="give its class and its layers a `get_config`, or hand over a functional model",
            ) from None
        return model

    def compile(self, model: Any) -> None:
        """Compile a clone as the model was, but for what was handed over."""
        if self.model.compiled:
            model.compile_from_config(self.model.get_compile_config())
        own: Any = model.optimizer if self.model.compiled else None
        loss = self.loss if self.loss is not None else getattr(model, "loss", None)
        optimizer: Any = self.optimizer if self.optimizer is not None else own
        if self.loss is not None or self.optimizer is not None:
            if not isinstance(optimizer, str) and optimizer is self.optimizer:
                optimizer = type(optimizer).from_config(optimizer.get_config())
            model.compile(optimizer=optimizer or "adam", loss=loss)
        elif self.model.optimizer.built:
            model.optimizer.build(model.trainable_variables)
            for mine, theirs in zip(model.optimizer.variables, self.model.optimizer.variables, strict=True):
                mine.assign(theirs)

    def stop(self) -> Any:
        """A callback that ends the training after so many batches, or seconds."""
        from bringup.diagnosis.parts.keras_stop import Stop

        return Stop(steps=self.steps, seconds=self.seconds)


def keras_parts(
    model: Any, *, loss: Any, optimizer: Any, data: Any, validation: Any, steps: int, seed: int, seconds: float | None
) -> KerasParts:
    """The parts, each of them looked at.

    Raises:
        BringupError: if the model is not compiled, Keras does not run on torch, or the data are of no use to `fit`.
    """
    backend = sys.modules["keras"].config.backend()
    if backend != "torch":
        raise BringupError(
            f"Keras runs on {backend} here, into which nobody can look from outside",
            there="only its torch backend can be watched",
            do="set the environment variable KERAS_BACKEND=torch before keras is imported",
        )
    if not model.compiled and loss is None:
        raise BringupError("the model is not compiled", do="compile it, or hand over `loss` and `optimizer`")
    if not model.built:
        raise BringupError("the layers of the model have no shape yet", do="call it once on a batch, then hand it over")
    for name, given in (("data", data), ("validation", validation)):
        if name == "data" or given is not None:
            refuse(given, name)
    return KerasParts(
        model=model, loss=loss, optimizer=optimizer, data=data, validation=validation, steps=steps, seed=seed, seconds=seconds
    )


def refuse(data: Any, name: str) -> None:
    """Raise `BringupError` for data that `fit` could make nothing of."""
    if data is None:
        raise BringupError(f"`{name}` is missing", do=FORMS)
    if hasattr(data, "__next__"):
        raise BringupError(f"`{name}` can be gone through only once", there=f"it is a {type(data).__name__}", do=FORMS)
    if hasattr(data, "shape"):
        raise BringupError("the targets are missing", there=f"`{name}` holds inputs alone", do=FORMS)
    if isinstance(data, tuple | list):
        if len(data) != 2 or not all(hasattr(part, "shape") for part in data):
            raise BringupError(f"`{name}` must be (x, y)", there=f"it holds {len(data)} parts", do=FORMS)
        lengths = [len(part) for part in data]
        if lengths[0] != lengths[1]:
            raise BringupError(
                f"inputs and targets of `{name}` differ in length",
                there=f"{lengths[0]:,} and {lengths[1]:,}",
                do="hand over as many",
            )
