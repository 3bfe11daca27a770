"""The weights that are trained: how they began, whether units stay alike, how much gradient reaches each."""

import weakref
from dataclasses import dataclass, field
from statistics import median
from typing import Any

import torch
from torch import nn

from bringup.capture.events import Operation, Root, Step
from bringup.capture.observer import Observer
from bringup.capture.source.person import Place
from bringup.capture.torch.kinds import library_of
from bringup.capture.torch.norms import norms
from bringup.record import WeightFacts

MOST = 300  # weights
MOST_FILLED = 4000  # tensors whose filling was seen
MOST_VALUES = 4_000_000  # of a weight that is looked at whole
MAKERS = frozenset({"zeros", "ones", "full", "zeros_like", "ones_like", "full_like", "empty", "randn", "rand", "tensor"})


@dataclass(slots=True)
class Seen:
    """One weight."""

    weight: weakref.ref[torch.Tensor]
    facts: WeightFacts
    gradients: list[float] = field(default_factory=list)


class Weights(Observer):
    """Fills `weights`: those that optimizers hold and that have units and inputs."""

    close_only = frozenset({"on_step"})

    def __init__(self, session: Any) -> None:
        super().__init__(session)
        self.names: dict[int, tuple[str, nn.Module]] = {}
        self.filled: dict[tuple[int, tuple[int, ...]], Place | None] = {}
        self.seen: dict[int, list[Seen]] = {}
        self.steps = 0

    def on_operation(self, operation: Operation) -> None:
        """Remember the line that filled a tensor last, as long as nothing is trained."""
        if self.seen or len(self.filled) >= MOST_FILLED:
            return
        name = operation.name
        if name.endswith("_") or name in MAKERS:
            target = operation.result if name in MAKERS else next(iter(operation.args), operation.kwargs.get("tensor"))
            if isinstance(target, torch.Tensor) and target.dim() > 1 and target.layout is torch.strided and not target.is_meta:
                self.filled[memory(target)] = operation.place

    def on_root(self, root: Root, module: nn.Module) -> None:
        """Know the parameters of a model by name."""
        del root
        library = library_of(module)
        for prefix, part in library.parts(module):
            for name, parameter in library.parameters(part):
                if len(self.names) < 20 * MOST:
                    self.names.setdefault(id(parameter), (f"{prefix}.{name}" if prefix else name, part))

    def on_step(self, step: Step) -> None:
        """Look at the weights before their first update, and at gradients now and then."""
        if step.number not in self.seen:
            self.seen[step.number] = self.first(step)
        if step.detail and not step.closure:
            self.look(self.seen[step.number], step.step)

    def first(self, step: Step) -> list[Seen]:
        """Note how the weights begin."""
        held = [w for group in step.optimizer.param_groups for w in group["params"] if counts(w)]
        return [Seen(weakref.ref(weight), self.beginning(weight, weight is held[-1])) for weight in held[:MOST]]

    def beginning(self, weight: torch.Tensor, last: bool) -> WeightFacts:
        """Describe a weight."""
        name, part = self.names.get(id(weight), ("", None))
        values = weight.detach()
        filled = self.filled.get(memory(values))
        place = filled or (self.session.creations.place(part) if part is not None else None)
        weighs = part is not None and library_of(part).weighs(part)
        fan_in = values[0].numel() if weighs and not units_last(part) else values[..., 0].numel() if weighs else values.shape[0]
        first = values.flatten()[0]
        return WeightFacts(
            name=name or f"parameter of shape {list(values.shape)}",
            kind=type(part).__name__ if weighs else "",
            where=self.session.person.where(place),
            shape=tuple(values.shape),
            value=float(first) if bool((values == first).all()) else None,
            alike=alike(values, part),
            still_alike=alike(values, part),
            scale=float(values.float().pow(2).mean().sqrt()) * fan_in**0.5,
            last=last,
        )

    def look(self, held: list[Seen], step: int) -> None:
        """Note gradients, and whether units are alike still."""
        there = [(entry, weight) for entry in held if (weight := entry.weight()) is not None and weight.grad is not None]
        there = [(entry, weight) for entry, weight in there if weight.grad is not None and not weight.grad.is_sparse]
        if there:
            gradients = norms([weight.grad.detach() for _, weight in there if weight.grad is not None])
            sizes = norms([weight.detach() for _, weight in there])
            for (entry, _), gradient, size in zip(there, gradients, sizes, strict=True):
                if len(entry.gradients) < 64:
                    entry.gradients.append(gradient / max(size, 1e-12))
        for entry in held:
            weight = entry.weight()
            if weight is not None and entry.facts.still_alike:
                part = self.names.get(id(weight), ("", None))[1]
                update = {"still_alike": alike(weight.detach(), part), "looks": entry.facts.looks + 1, "steps": step}
                entry.facts = entry.facts.model_copy(update=update)

    def facts(self) -> dict[str, Any]:
        """The weights, in the order in which the optimizers hold them."""
        entries = [entry for held in self.seen.values() for entry in held]
        if not entries:
            return {}
        return {
            "weights": tuple(
                entry.facts.model_copy(update={"gradient": median(entry.gradients) if entry.gradients else None})
                for entry in entries
            )
        }


def memory(tensor: torch.Tensor) -> tuple[int, tuple[int, ...]]:
    """Where its values are; the shape too, since memory that was freed is used again."""
    return tensor.untyped_storage().data_ptr(), tuple(tensor.shape)


def counts(weight: Any) -> bool:
    """Whether a parameter has units and inputs, and is small enough to be looked at."""
    return (
        isinstance(weight, torch.Tensor)
        and weight.requires_grad
        and weight.dim() >= 2
        and weight.shape[0] >= 2
        and weight[0].numel() >= 2
        and weight.numel() <= MOST_VALUES
        and weight.layout is torch.strided
        and weight.is_floating_point()
    )


def alike(values: torch.Tensor, part: nn.Module | None) -> bool:
    """Whether all units of a layer have the same weights; an embedding, or a parameter of its own, must be one single value."""
    units = values.movedim(-1, 0) if units_last(part) else values
    if part is not None and library_of(part).weighs(part) and len(units) > 1:
        return bool((units == units[:1]).all())
    return bool((values == values.flatten()[0]).all())


def units_last(part: nn.Module | None) -> bool:
    """Whether the last axis of a layer's weight counts its units."""
    return part is not None and library_of(part).units_last(part)
