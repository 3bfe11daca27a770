"""What belongs to the person is the same after a training in parts as before: gradients, generators, the optimizer."""

import copy
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import torch
from torch import nn


@contextmanager
def untouched(model: nn.Module, *loaders: Any) -> Iterator[None]:
    """Put back the generators of data loaders, and the gradients of a model, after the block.

    A loss may reach the person's own model, as a penalty on its weights does: gradients then arrive there.

    Args:
        loaders: What gives batches; what is no data loader is left alone.
    """
    with ExitStack() as stack:
        for generator in {id(g): g for loader in loaders for g in generators_of(loader)}.values():
            stack.callback(generator.set_state, generator.get_state())
        for loader in loaders:
            if getattr(loader, "persistent_workers", False) and loader._iterator is None:
                stack.callback(setattr, loader, "_iterator", None)
        kept = [(parameter, parameter.grad) for parameter in model.parameters()]
        stack.callback(lambda: [setattr(parameter, "grad", grad) for parameter, grad in kept])
        for parameter, _ in kept:
            parameter.grad = None
        yield


def generators_of(loader: Any) -> list[torch.Generator]:
    """The generators that a data loader draws from."""
    sampler = getattr(loader, "sampler", None)
    batch_sampler = getattr(loader, "batch_sampler", None)
    holders = (loader, sampler, batch_sampler, getattr(batch_sampler, "sampler", None))
    found = [getattr(holder, "generator", None) for holder in holders]
    return [generator for generator in found if isinstance(generator, torch.Generator)]


def remade(optimizer: torch.optim.Optimizer, memo: dict[int, Any]) -> torch.optim.Optimizer:
    """An optimizer of the same class, options, groups and state, over the copies of its parameters.

    Args:
        memo: Of the deep copy of the model; parameters that are not in it are copied, and so belong to no model here either.
    """
    kept = {name: value for name, value in vars(optimizer).items() if name != "step"}  # a scheduler wraps the old one's
    values = copy.deepcopy(kept, memo)
    made = object.__new__(type(optimizer))
    vars(made).update(values)
    torch.optim.Optimizer.__init__(made, values["param_groups"], values["defaults"])  # tells what watches that it is there
    made.state.update(values["state"])
    for name in ("_optimizer_step_pre_hooks", "_optimizer_step_post_hooks"):
        getattr(made, name).update(values.get(name, {}))
    return made
