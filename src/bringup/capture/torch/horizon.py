"""How far back in a sequence does the gradient of the last output go, and how far does the output depend on it?"""

import contextlib
import io
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import nn
from torch.overrides import TorchFunctionMode

from bringup.capture.torch.mixing import duplicate, small, untouched_random_numbers
from bringup.capture.torch.tensors import mapped, tensors_in

FACTORIES = frozenset({"zeros", "ones", "randn", "rand", "empty", "full", "eye", "linspace", "normal"})
SHORTEST = 4  # steps of a sequence
MOST_TRIED = 16  # steps that are changed one at a time
CHANGE = 1e-3  # of the scale of the input
FELT = 1e-11  # of the output, in double precision
ENDS = (1, 2, 4)  # steps of the output, from its end: one may come right after a cut that is made on purpose now and then


@dataclass
class Inputs:
    """What goes into the model, as tensors that get a gradient: floating arguments, or what embeddings make of tokens."""

    leaves: list[torch.Tensor] = field(default_factory=list)
    given: list[torch.Tensor] | None = None  # to be used instead, in the same order
    count: int = 0

    def take(self, value: torch.Tensor) -> torch.Tensor:
        """The next input, or what is to stand for it."""
        number, self.count = self.count, self.count + 1
        if self.given is not None:
            return self.given[number]
        leaf = value.detach().clone().requires_grad_()
        self.leaves.append(leaf)
        return leaf


@dataclass(frozen=True)
class Position:
    """One step of the sequence: the number of the input, and the index on its axis; no axis where a step is an input."""

    number: int
    axis: int | None
    index: int


def measure(module: nn.Module, args: Any, kwargs: Any) -> tuple[int, int, int] | None:
    """Steps of the sequence, those that the last output feels, those that its gradient reaches; None if it cannot be told."""
    given = [tensor for tensor in tensors_in((args, kwargs)) if tensor.dim() in (2, 3)]
    if not given or not small(module, given):
        return None
    with untouched_random_numbers(), contextlib.redirect_stdout(io.StringIO()), torch.enable_grad(), Double():
        try:
            return run(duplicate(module).double(), args, kwargs)
        except Exception:  # noqa: BLE001 - the person's forward pass, in a precision it was not written for
            return None


class Double(TorchFunctionMode):
    """Makes double precision of what a forward pass makes itself, such as a first hidden state; for this thread alone."""

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        """Call the function, with the other dtype."""
        kwargs = dict(kwargs or {})
        name = getattr(func, "__name__", "")
        if (name in FACTORIES and kwargs.get("dtype") is None) or kwargs.get("dtype") is torch.float32:
            kwargs["dtype"] = torch.float64
        if name == "float":
            func = torch.Tensor.double
        if name in ("to", "type"):
            args = tuple(torch.float64 if value is torch.float32 else value for value in args)
        return func(*args, **kwargs)


def run(model: nn.Module, args: Any, kwargs: Any) -> tuple[int, int, int] | None:
    """Run the copy once with gradients, and once for each step that the gradient does not reach."""
    inputs = Inputs()

    def embedded(module: Any, given: Any, output: Any) -> Any:  # noqa: ARG001 - torch's signature
        return inputs.take(output)

    for part in model.modules():
        if isinstance(part, nn.Embedding):
            part.register_forward_hook(embedded)

    def call(given: list[torch.Tensor] | None = None) -> list[torch.Tensor]:
        inputs.given, inputs.count = given, 0
        torch.manual_seed(0)
        own_args, own_kwargs = own(args, inputs), dict(own(kwargs, inputs))
        return ends(model(*own_args, **own_kwargs), len(positions(inputs.leaves)))

    outputs = call()
    steps = positions(inputs.leaves)
    if len(steps) < SHORTEST or not outputs:
        return None
    zeros = [beyond(output, inputs.leaves, steps) for output in outputs]
    best = min(range(len(zeros)), key=lambda number: len(zeros[number]))
    zero, reached = zeros[best], len(steps) - len(zeros[best])
    if not zero or not reached:
        return len(steps), reached, reached
    before = outputs[best].detach()
    felt = sum(feels(lambda given: call(given)[best], inputs.leaves, step, before) for step in zero[-MOST_TRIED:])
    return len(steps), reached + felt, reached


def beyond(output: torch.Tensor, leaves: list[torch.Tensor], steps: list[Position]) -> list[Position]:
    """The steps that the gradient of an output does not reach."""
    weights = torch.randn(output.shape, generator=torch.Generator().manual_seed(0)).to(output)
    gradients = torch.autograd.grad((weights * output).sum(), leaves, allow_unused=True, retain_graph=True)
    return [step for step in steps if not reaches(gradients[step.number], step)]


def own(value: Any, inputs: Inputs) -> Any:
    """Arguments for the copy: floating tensors in double precision, each an input of its own."""
    return mapped(value, lambda given: inputs.take(given.double()) if given.is_floating_point() else given.detach().clone())


def axis_of_steps(leaf: torch.Tensor) -> int | None:
    """The axis of the steps: the second, or the last where the second is short, as that of channels."""
    if leaf.dim() == 2:
        return 1 if leaf.shape[1] >= SHORTEST else None
    if leaf.dim() != 3:
        return None
    return 1 if leaf.shape[1] >= SHORTEST else (2 if leaf.shape[2] >= SHORTEST else None)


def positions(leaves: list[torch.Tensor]) -> list[Position]:
    """The steps: of the first input that has any, or one input a step where an embedding is called once a step."""
    shapes = [leaf.shape for leaf in leaves]
    common = max(set(shapes), key=shapes.count, default=None)
    if common is not None and len(common) == 2 and shapes.count(common) >= SHORTEST:
        return [Position(number, None, 0) for number, shape in enumerate(shapes) if shape == common]
    for number, leaf in enumerate(leaves):
        axis = axis_of_steps(leaf)
        if axis is not None:
            return [Position(number, axis, index) for index in range(leaf.shape[axis])]
    return []


def ends(output: Any, steps: int) -> list[torch.Tensor]:
    """The first output with a gradient; of one that has the steps of the sequence, a few of its last steps."""
    found = next((part for part in tensors_in(output) if part.requires_grad and part.dim()), None)
    if found is None:
        return []
    axis = next((axis for axis in (1, 2) if found.dim() == 3 and steps and found.shape[axis] == steps), None)
    return [found] if axis is None else [found.select(axis, steps - back) for back in ENDS if back <= steps]


def at(tensor: torch.Tensor, step: Position) -> torch.Tensor:
    """The part of an input, or of its gradient, that is one step."""
    return tensor if step.axis is None else tensor.select(step.axis, step.index)


def reaches(gradient: torch.Tensor | None, step: Position) -> bool:
    """Whether a gradient is not exactly zero at a step."""
    return gradient is not None and bool(at(gradient, step).any())


def feels(
    call: Callable[[list[torch.Tensor]], torch.Tensor], leaves: list[torch.Tensor], step: Position, output: torch.Tensor
) -> bool:
    """Whether a small change of a step changes the output; None of it counts where the same input gives another output."""
    changed = [leaf.detach().clone() for leaf in leaves]
    part = at(changed[step.number], step)
    noise = torch.randn(part.shape, generator=torch.Generator().manual_seed(1)).to(part)
    if not torch.equal(call(changed).detach(), output):
        return False
    part += CHANGE * float(changed[step.number].abs().mean()) * noise
    return float((call(changed).detach() - output).norm()) > FELT * max(float(output.norm()), 1e-30)
