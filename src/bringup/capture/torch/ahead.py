"""Does a model that predicts what comes next see it? One element of the sequence is changed, on a copy in eval mode."""

import contextlib
import io
from typing import Any

import torch
from torch import nn

from bringup.capture.torch.mixing import duplicate, small, untouched_random_numbers
from bringup.capture.torch.tensors import mapped, tensors_in

SHIFTED = 0.99  # of the targets are the next elements
LEAST_LENGTH = 4
FELT = 1e-4  # of the size of the output, that a change has to make


def next_elements(args: Any, kwargs: Any, target: torch.Tensor) -> int | None:
    """Which of the tensors that went into a model holds, one position later, what is to be predicted; None where none does."""
    for number, given in enumerate(tensors_in((args, kwargs))):
        if given.dim() < 2 or given.shape[1] < LEAST_LENGTH or given.dtype == torch.bool or given.device != target.device:
            continue
        whole, later = given.numel(), given[:, 1:]
        if target.numel() == whole:
            aligned = target.detach().reshape(given.shape)[:, :-1]
        elif target.numel() == later.numel():
            aligned = target.detach().reshape(later.shape)
        else:
            continue
        same = aligned == later
        varied = bool((given[:, 1:] != given[:, :-1]).float().mean() > 0.2)
        if varied and float(same.float().mean()) >= SHIFTED:
            return number
    return None


def sees_ahead(module: nn.Module, args: Any, kwargs: Any, number: int) -> float | None:
    """The share of rows whose answer at a position changes with the next element; None where it cannot be told."""
    given = list(tensors_in((args, kwargs)))
    if not small(module, given):
        return None
    with untouched_random_numbers(), contextlib.redirect_stdout(io.StringIO()), torch.no_grad():
        try:
            model = duplicate(module)
            before = first_output(model(*args, **kwargs), given[number])
            position = given[number].shape[1] // 2
            changed = given[number].clone()
            changed[:, position] = other_elements(given[number], position)
            new_args, new_kwargs = mapped((args, kwargs), lambda tensor: changed if tensor is given[number] else tensor)
            after = first_output(model(*new_args, **new_kwargs), given[number])
        except Exception:  # noqa: BLE001 - the person's forward pass, in a mode it was not written for: then nothing is known
            return None
    if before is None or after is None:
        return None
    moved = (after - before).abs().flatten(2).amax(dim=2)
    size = before.abs().mean().clamp_min(1e-12)
    differ = changed[:, position] != given[number][:, position]
    differ = differ.flatten(1).any(dim=1) if differ.dim() > 1 else differ
    if not bool(differ.any()) or not bool((moved[differ, position] > FELT * size).any()):
        return None  # the answer does not depend on the element at all
    return float((moved[differ, position - 1] > FELT * size).float().mean())


def first_output(output: Any, given: torch.Tensor) -> torch.Tensor | None:
    """The first floating tensor of an output with an answer for each position."""
    for tensor in tensors_in(output):
        if tensor.is_floating_point() and tensor.dim() >= 3 and tensor.shape[:2] == given.shape[:2]:
            return tensor
    return None


def other_elements(given: torch.Tensor, position: int) -> torch.Tensor:
    """Elements in place of those at a position: those of the row before, which are of the same kind."""
    here = given[:, position]
    other = here.roll(1, 0)
    return other if not bool((other == here).all()) else given[:, position - 1]
