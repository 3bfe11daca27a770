"""What kind of model this is, told by the names of its classes: nothing is imported for it."""

from typing import Any


def is_keras(model: Any) -> bool:
    """Whether this is a Keras model; under the torch backend it is a module of torch as well."""
    return made_of(model, "keras", "Model")


def is_torch(model: Any) -> bool:
    """Whether this is a module of torch, and no Keras model."""
    return made_of(model, "torch", "Module") and not is_keras(model)


def is_skorch(model: Any) -> bool:
    """Whether this is an estimator that trains a module of torch."""
    return made_of(model, "skorch", "NeuralNet")


def made_of(model: Any, package: str, name: str) -> bool:
    """Whether one of the classes of an object has this name, in this package."""
    return any(cls.__module__.partition(".")[0] == package and cls.__name__ == name for cls in type(model).__mro__)


def name_of(model: Any) -> str:
    """What a model is called in a report: by its class."""
    return type(model).__name__
