"""One optimizer: what it holds, what became of it, and which of its parameters never got a gradient."""

import inspect
import weakref
from typing import Any

import torch

from bringup.capture.events import Stepped
from bringup.capture.series import Growing
from bringup.capture.source.arguments import argument_lines
from bringup.capture.source.person import Person, Place
from bringup.capture.thinning import FIRST
from bringup.capture.torch.norms import norm
from bringup.capture.torch.windows import Windows
from bringup.record import OptimizerFacts, ParameterFacts

SETTINGS = ("lr", "weight_decay", "momentum", "nesterov", "maximize", "betas", "eps", "amsgrad", "decoupled_weight_decay")
FEW = 16  # parameters without a gradient so far, which may get one at any step
LONG = 2000  # steps after which it is enough to look for one in windows
CHANGE = 0.02  # of a learning rate, that is worth noting
DECOUPLED = ("AdamW",)
ALIASES = {"learning_rate": "lr"}  # names of other libraries


class Holding:
    """What is known of an optimizer; it is not kept alive."""

    def __init__(self, optimizer: torch.optim.Optimizer, place: Place | None) -> None:
        self.reference = weakref.ref(optimizer)
        self.kind = type(optimizer).__name__
        self.place = place
        self.step_place: Place | None = None
        self.settings = settings_of(optimizer)
        self.lines = lines_of(optimizer, self.settings, place)
        self.windows = Windows()
        self.stepped: Stepped | None = None
        self.rates, self.norms = Growing(), Growing()
        self.rate: float | None = None
        self.ungraded = {id(p): weakref.ref(p) for p in self.parameters() if p.requires_grad}
        self.tensors = len(self.ungraded)
        self.described = -1
        self.missing: tuple[ParameterFacts, ...] = ()

    @property
    def steps(self) -> int:
        """How many steps it has made."""
        return 0 if self.stepped is None else self.stepped.steps

    @property
    def curious(self) -> bool:
        """Whether each of its steps is worth an event: it is new, or a few parameters may still get a gradient now and then."""
        return self.stepped is not None and self.steps < (LONG if 0 < len(self.ungraded) <= FEW else FIRST)

    def parameters(self) -> list[torch.Tensor]:
        """What it holds now."""
        optimizer = self.reference()
        return [] if optimizer is None else [p for group in optimizer.param_groups for p in group["params"]]

    def without_gradient(self) -> list[torch.Tensor]:
        """What it holds, wants a gradient and never got one so far."""
        alive = [entry() for entry in self.ungraded.values()]
        return [p for p in alive if p is not None and p.requires_grad]

    def mark(self) -> None:
        """Strike out what has a gradient now."""
        for key, entry in list(self.ungraded.items()):
            parameter = entry()
            if parameter is None or parameter.grad is not None:
                del self.ungraded[key]

    def note_rate(self) -> None:
        """Note the learning rate, before a step."""
        optimizer = self.reference()
        given = optimizer.param_groups[0].get("lr") if optimizer is not None else None
        self.catch_up()
        if given is not None:
            self.set(self.steps, float(given))

    def catch_up(self) -> None:
        """Note the learning rates of the steps that were not told."""
        if self.stepped is not None and self.stepped.rates:
            rates, self.stepped.rates = self.stepped.rates, []
            for steps, rate in rates:
                self.set(steps, float(rate))

    def set(self, steps: int, rate: float) -> None:
        """Note a learning rate, if it is another one."""
        if self.rate is None or abs(rate - self.rate) > CHANGE * max(rate, self.rate):
            self.rate = rate
            self.rates.add(steps, rate)

    def note_norm(self) -> None:
        """Note the size of the weights."""
        weights = [p.detach() for p in self.parameters() if not p.is_sparse and p.numel()]
        if weights:
            self.norms.add(self.steps, norm(weights))

    def facts(self, person: Person) -> OptimizerFacts:
        """As the record holds it."""
        windows, where = self.windows, person.where
        lines = {} if self.place is None else {name: where((self.place[0], line)) for name, line in self.lines.items()}
        return OptimizerFacts(
            kind=self.kind,
            where=where(self.place),
            arguments={name: line for name, line in lines.items() if line is not None},
            step_where=where(self.step_place),
            backward_where=where(windows.place),
            settings=self.settings,
            steps=self.steps,
            tensors=self.tensors,
            looked=windows.looked,
            stale=windows.stale,
            empty=windows.empty,
            repeated=windows.repeated,
            passes=windows.passes,
            discarded=windows.discarded,
            made=windows.made,
            moved=windows.moved,
            missing=self.missing,
        )


def settings_of(optimizer: torch.optim.Optimizer) -> dict[str, Any]:
    """The settings of the first group, as plain values."""
    group = optimizer.param_groups[0]
    found = {name: plain(group[name]) for name in SETTINGS if name in group}
    if type(optimizer).__name__ in DECOUPLED:
        found["decoupled_weight_decay"] = True
    return found


def lines_of(optimizer: Any, settings: dict[str, Any], place: Place | None) -> dict[str, int]:
    """The lines of the settings, by the names that torch has for them."""
    inner = optimizer.inner() if hasattr(optimizer, "inner") else optimizer  # of another library, adapted
    try:
        order = list(inspect.signature(type(inner).__init__).parameters)[1:]
    except ValueError:  # it is compiled, and does not say
        order = []
    values = settings | {theirs: settings.get(ours) for theirs, ours in ALIASES.items()}
    return {ALIASES.get(name, name): line for name, line in argument_lines(place, values, order).items()}


def plain(value: Any) -> Any:
    """A setting as the record can hold it."""
    if isinstance(value, torch.Tensor):
        return float(value.detach()) if value.numel() == 1 else None
    if isinstance(value, tuple | list):
        return [plain(part) for part in value]
    return value if value is None or isinstance(value, bool | int | float | str) else str(value)
