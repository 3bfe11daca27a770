"""The boundary of the update: optimizers of Keras, as observers know those of torch."""

import functools
import weakref
from typing import TYPE_CHECKING, Any

from bringup.capture.torch.patching import MISSING

if TYPE_CHECKING:
    from bringup.capture.torch.boundaries import Watch

SETTINGS = {"momentum": "momentum", "nesterov": "nesterov", "epsilon": "eps", "amsgrad": "amsgrad"}


def install(watch: "Watch") -> None:
    """See where optimizers are built, and their steps."""
    from keras.optimizers import Optimizer  # pyright: ignore[reportMissingImports]
    from keras.optimizers.schedules import LearningRateSchedule  # pyright: ignore[reportMissingImports]

    boundary = KerasOptimizers(watch)
    watch.patches.replace(Optimizer, "__init__", boundary.built)
    watch.patches.replace(Optimizer, "apply", boundary.wrapped)
    watch.patches.replace(LearningRateSchedule, "__init__", boundary.built)


class KerasOptimizers:
    """Tells of steps."""

    def __init__(self, watch: "Watch") -> None:
        self.watch = watch
        self.known: dict[int, Adapter] = {}

    def built(self, original: Any) -> Any:
        """Note the line that built an optimizer, or a schedule of its learning rate."""
        session = self.watch.session

        @functools.wraps(original)
        def __init__(optimizer: Any, *args: Any, **kwargs: Any) -> None:  # noqa: N807 - it takes that place
            original(optimizer, *args, **kwargs)
            if session.watching:
                session.creations.note(optimizer, 2)
                session.expects_steps = True  # a schedule is built for an optimizer

        return __init__

    def wrapped(self, original: Any) -> Any:
        """A step that is told of, before and after."""
        watch, session = self.watch, self.watch.session

        @functools.wraps(original)
        def apply(optimizer: Any, grads: Any, trainable_variables: Any = None) -> Any:
            if not session.watching or watch.muted:
                return original(optimizer, grads, trainable_variables)
            adapter = self.adapter(optimizer, trainable_variables)
            watch.steps.before(adapter, (), {})
            step = watch.steps.current
            result = None
            if step is None or not step.skip:
                result = original(optimizer, grads, trainable_variables)
            watch.steps.after(adapter, (), {})
            return result

        return apply

    def adapter(self, optimizer: Any, variables: Any) -> "Adapter":
        """The optimizer as observers know it; told of when it is seen first, since it holds nothing before."""
        known = self.known.get(id(optimizer))
        if known is not None and known.inner() is optimizer:
            known.take(variables)
            return known
        made: Adapter = named_as(optimizer, Adapter)(optimizer, variables)
        self.known[id(optimizer)] = made
        session = self.watch.session
        session.emit("on_optimizer", made, session.creations.place(optimizer) or session.person.place(3))
        if made.scheduler is not None:
            session.emit("on_scheduler", made.scheduler, session.creations.place(made.scheduler.inner))
        return made


def named_as(thing: Any, kind: type) -> type:
    """A class with the name of the class of something, which is what observers note of it."""
    return type(type(thing).__name__, (kind,), {})


class Scheduler:
    """A schedule of Keras, as observers know those of torch: it has no steps of its own, and goes with its optimizer's."""

    by_optimizer = True

    def __init__(self, schedule: Any, optimizer: "Adapter") -> None:
        self.inner, self.optimizer = schedule, optimizer


class Adapter:
    """An optimizer of Keras with the attributes of one of torch.

    Attributes:
        param_groups: One group; what is written to its "lr" and "weight_decay" changes the optimizer.
        scheduler: The schedule of its learning rate, where it has one.
    """

    def __init__(self, optimizer: Any, variables: Any) -> None:
        self.inner = weakref.ref(optimizer)
        self.schedule: Any = MISSING
        self.variables: list[Any] = []
        self.take(variables)
        self.param_groups = [Group(self)]
        given = getattr(optimizer, "_learning_rate", None)
        is_schedule = callable(given) and hasattr(given, "get_config")
        self.scheduler: Scheduler | None = named_as(given, Scheduler)(given, self) if is_schedule else None

    def take(self, variables: Any) -> None:
        """Note what it holds."""
        if variables is not None and len(self.variables) != len(variables):
            self.variables = list(variables)

    @property
    def parameters(self) -> list[Any]:
        """The tensors that it holds."""
        return [variable.value for variable in self.variables]

    @property
    def rate(self) -> float:
        """The learning rate of the next step."""
        optimizer = self.inner()
        return float(optimizer.learning_rate) if optimizer is not None else 0.0

    @rate.setter
    def rate(self, value: float) -> None:
        """Change it; where a schedule makes it, the second change puts the schedule back."""
        optimizer = self.inner()
        if optimizer is None:
            return
        kept = optimizer._learning_rate
        if hasattr(kept, "assign"):
            kept.assign(value)
        elif self.schedule is MISSING:
            self.schedule, optimizer._learning_rate = kept, value
        else:
            self.schedule, optimizer._learning_rate = MISSING, self.schedule

    @property
    def weight_decay(self) -> float:
        """What weights lose at each step."""
        optimizer = self.inner()
        return float(optimizer.weight_decay or 0.0) if optimizer is not None else 0.0

    @weight_decay.setter
    def weight_decay(self, value: float) -> None:
        """Change it."""
        optimizer = self.inner()
        if optimizer is not None:
            optimizer.weight_decay = value or None


class Group(dict[str, Any]):
    """The one group of an adapted optimizer: read and written through."""

    def __init__(self, adapter: Adapter) -> None:
        super().__init__({"lr": 0.0, "params": [], "weight_decay": 0.0})
        self.adapter = adapter
        optimizer: Any = adapter.inner()
        for theirs, ours in SETTINGS.items():
            if hasattr(optimizer, theirs):
                dict.__setitem__(self, ours, getattr(optimizer, theirs))
        if hasattr(optimizer, "beta_1"):
            dict.__setitem__(self, "betas", (optimizer.beta_1, optimizer.beta_2))
        dict.__setitem__(self, "decoupled_weight_decay", True)  # Keras takes it off the weights, not onto the gradients

    def __getitem__(self, name: str) -> Any:
        if name == "params":
            return self.adapter.parameters
        if name == "lr":
            return self.adapter.rate
        return self.adapter.weight_decay if name == "weight_decay" else super().__getitem__(name)

    def get(self, name: str, default: Any = None) -> Any:
        """As `[name]`."""
        return default if name not in self else self[name]  # noqa: SIM401 - that would be this very method

    def __setitem__(self, name: str, value: Any) -> None:
        if name == "lr":
            self.adapter.rate = float(value)
        elif name == "weight_decay":
            self.adapter.weight_decay = float(value)
        else:
            super().__setitem__(name, value)
