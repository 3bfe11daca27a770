"""Tracing one step: the first operation that makes a value that is not finite out of finite ones, and that reaches the loss.

Every operation of the step is looked at, which costs milliseconds; a second run of the program does this for one step. Results
are followed from operation to operation: -inf that a mask holds on purpose, and an unused branch of `torch.where`, end before
the loss.
"""

import math
from typing import Any

import torch

from bringup.capture.events import Backward, Operation, Step
from bringup.capture.source.person import Person, Place
from bringup.capture.torch.graph import Graph, children, name_of, place_of, read_graph, saved
from bringup.capture.torch.risky import function_of
from bringup.capture.torch.tensors import describe, tensors_in
from bringup.record import OperandFacts, OriginFacts, TensorFacts
from bringup.record.numeric_facts import Phase

MOST_HELD = 2000
SAVED = ("self", "result", "other", "exponent", "index", "mat1", "mat2", "input", "weight")


class Made:
    """A value that is not finite, and what made it."""

    def __init__(self, facts: OriginFacts, *, on_purpose: bool = False, out_of: "Made | None" = None) -> None:
        self.facts = facts
        self.on_purpose = on_purpose
        self.out_of = out_of

    def origin(self) -> OriginFacts:
        """What is to blame: the first in the chain, unless that put an infinity in on purpose."""
        chain: list[Made] = [self]
        while chain[-1].out_of is not None:
            chain.append(chain[-1].out_of)
        blamed = [made for made in chain if not made.on_purpose]
        return blamed[-1].facts if blamed else self.facts


class Tracer:
    """Looks at every operation of a step. Tensors that are not finite are held, so that their identity stays theirs."""

    def __init__(self, person: Person) -> None:
        self.person = person
        self.made: dict[int, Made] = {}
        self.held: list[torch.Tensor] = []
        self.origin: OriginFacts | None = None
        self.handles: list[Any] = []
        self.graph: Graph | None = None

    def see(self, operation: Operation) -> None:
        """Look at one operation of the forward pass."""
        bad = [tensor for tensor in tensors_in(operation.result, 2) if not finite(tensor)]
        if not bad:
            return
        given = [tensor for tensor in tensors_in((operation.args, operation.kwargs)) if tensor.is_floating_point()]
        sources = [self.source(tensor) for tensor in given if self.known(tensor) or not (finite(tensor) or among(tensor, bad))]
        made = self.judge(operation, bad, sources)
        for tensor in bad[: MOST_HELD - len(self.held)]:
            self.held.append(tensor)
            self.made[id(tensor)] = self.made[tensor.untyped_storage().data_ptr()] = made

    def known(self, tensor: torch.Tensor) -> bool:
        """Whether a tensor was seen to become other than finite."""
        return id(tensor) in self.made and not finite(tensor)

    def source(self, tensor: torch.Tensor) -> Made:
        """What made a tensor that is not finite."""
        known = self.made.get(id(tensor)) or self.made.get(tensor.untyped_storage().data_ptr())
        if known is not None:
            return known
        phase: Phase = "weights" if tensor.requires_grad and tensor.is_leaf else "given"
        given = OperandFacts(name="tensor", tensor=describe(tensor))
        return Made(OriginFacts(phase=phase, operation="", value=kind_of(tensor), operands=(given,)))

    def judge(self, operation: Operation, bad: list[torch.Tensor], sources: list[Made]) -> Made:
        """Say what made the result: this operation, or what it was given."""
        worse = not any(source.facts.value == "nan" for source in sources) and kind_of(bad[0]) == "nan"
        if sources and not worse:
            return sources[0]
        facts = OriginFacts(
            phase="forward",
            operation=operation.name.strip("_"),
            value=kind_of(bad[0]),
            where=self.person.where(operation.place),
            operands=tuple(operands_of(operation)),
            dtype=str(bad[0].dtype).removeprefix("torch."),
            empty=empty(operation),
        )
        return Made(facts, on_purpose=not sources and puts_in(operation), out_of=sources[0] if sources else None)

    def before(self, event: Backward) -> None:
        """Find what made a loss that is not finite; for one that is, watch the backward pass."""
        root = event.roots[0] if event.roots else None
        if root is None or self.origin is not None:
            return
        if not finite(root):
            self.origin = self.source(root).origin() if self.found(root) else None
        elif root.grad_fn is not None:
            self.graph = event.graph or read_graph(root.grad_fn)
            self.handles = [node.register_hook(self.watching(node)) for node in self.graph.nodes]

    def found(self, tensor: torch.Tensor) -> bool:
        """Whether anything is known of a tensor."""
        return id(tensor) in self.made or tensor.untyped_storage().data_ptr() in self.made

    def watching(self, node: Any) -> Any:
        """A hook that notes the first node that breaks a gradient."""

        def hook(given_back: tuple[Any, ...], came_in: tuple[Any, ...]) -> None:
            if self.origin is None and not all(map(fine, given_back)) and all(map(fine, came_in)):
                self.origin = self.broken(node, given_back, came_in)

        return hook

    def broken(self, node: Any, given_back: tuple[Any, ...], came_in: tuple[Any, ...]) -> OriginFacts:
        """Describe a node that made a gradient that is not finite."""
        bad = next(gradient for gradient in given_back if not fine(gradient))
        values = [(name, saved(node, name)) for name in SAVED]
        return OriginFacts(
            phase="backward",
            operation=function_of(name_of(node)),
            value=kind_of(bad),
            where=self.person.where(self.place(node)),
            operands=tuple(OperandFacts(name=name, tensor=facts_of(value)) for name, value in values if value is not None),
            dtype=str(bad.dtype).removeprefix("torch."),
            largest_gradient=max(float(gradient.abs().max()) for gradient in came_in if gradient is not None),
        )

    def place(self, node: Any) -> Place | None:
        """The line of a node; a function made of several has its line at the topmost only."""
        waiting, found = [node], place_of(node)
        while found is None and waiting and self.graph is not None:
            waiting = [other for other in self.graph.nodes if any(child in waiting for child in children(other))][:1]
            found = place_of(waiting[0]) if waiting else None
        return found

    def after(self) -> None:
        """Watch no more."""
        for handle in self.handles:
            handle.remove()
        self.handles, self.graph = [], None

    def after_step(self, step: Step) -> None:
        """Find an update that spoiled weights although its gradients were finite."""
        if self.origin is not None:
            return
        for group in step.optimizer.param_groups:
            for weight in group["params"]:
                if weight.grad is not None and finite(weight.grad) and not finite(weight):
                    operands = (("gradient", weight.grad), ("learning rate", group.get("lr")), ("eps", group.get("eps")))
                    self.origin = OriginFacts(
                        phase="update",
                        operation=type(step.optimizer).__name__,
                        value=kind_of(weight),
                        where=self.person.where(step.place),
                        operands=tuple(OperandFacts(name=n, tensor=facts_of(v)) for n, v in operands if v is not None),
                        dtype=str(weight.dtype).removeprefix("torch."),
                    )
                    return

    def release(self) -> None:
        """Let go of everything held."""
        self.after()
        self.made, self.held = {}, []


def finite(tensor: torch.Tensor) -> bool:
    """Whether all values are."""
    if not (tensor.is_floating_point() or tensor.is_complex()) or tensor.is_meta or tensor.layout is not torch.strided:
        return True
    return bool(torch.isfinite(tensor.detach()).all())


def fine(gradient: Any) -> bool:
    """Whether a gradient is finite; none is."""
    return gradient is None or finite(gradient)


def kind_of(tensor: torch.Tensor) -> str:
    """The worst kind of value in it."""
    values = tensor.detach()
    if bool(torch.isnan(values).any()):
        return "nan"
    return "inf" if bool((values == math.inf).any()) else "-inf"


def among(tensor: torch.Tensor, others: list[torch.Tensor]) -> bool:
    """Whether it is one of them: an operation in place gives back what it was given."""
    return any(tensor is other for other in others)


def puts_in(operation: Operation) -> bool:
    """Whether the program asked for an infinity: one of the arguments is one, as in masks."""
    values = [*operation.args, *operation.kwargs.values()]
    flat = [part for value in values for part in (value if isinstance(value, list | tuple) else (value,))]
    return any(isinstance(part, float) and not math.isfinite(part) for part in flat)


def empty(operation: Operation) -> bool:
    """Whether there was nothing to average, or a single value whose spread was asked for."""
    first = next(tensors_in(operation.args), None)
    if first is None:
        return False
    if first.numel() == 0:
        return True
    axis = operation.kwargs.get("dim", operation.args[1] if len(operation.args) > 1 else None)
    if operation.name not in ("std", "var", "std_mean", "var_mean"):
        return False
    count = first.shape[axis] if isinstance(axis, int) and -first.dim() <= axis < first.dim() else first.numel()
    return count == 1


def operands_of(operation: Operation) -> list[OperandFacts]:
    """What went into an operation, numbers too. A value that it changed in place is not known any more."""
    found = []
    for name, value in [*((str(number), value) for number, value in enumerate(operation.args)), *operation.kwargs.items()]:
        if isinstance(value, torch.Tensor) or (isinstance(value, int | float) and not isinstance(value, bool)):
            found.append(OperandFacts(name=f"operand {name}" if name.isdigit() else name, tensor=facts_of(value)))
    return found[:6]


def facts_of(value: Any) -> TensorFacts:
    """A tensor or a number."""
    if isinstance(value, torch.Tensor):
        return describe(value)
    if isinstance(value, int | float):
        return TensorFacts(dtype=type(value).__name__, minimum=float(value), maximum=float(value), mean=float(value))
    return TensorFacts(dtype=type(value).__name__)
