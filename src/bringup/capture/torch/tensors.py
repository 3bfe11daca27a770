"""What a tensor holds, in plain numbers."""

from collections.abc import Callable, Iterator
from typing import Any

import torch

from bringup.record import TensorFacts

MOST_VALUES = 200_000  # of a tensor are looked at: the first rows
MOST_DISTINCT = 1000


def tensors_in(value: Any, depth: int = 3) -> Iterator[torch.Tensor]:
    """The tensors of an argument: itself, or in tuples, lists, dicts and output objects."""
    if isinstance(value, torch.Tensor):
        yield value
    elif depth and isinstance(value, tuple | list):
        for part in value:
            yield from tensors_in(part, depth - 1)
    elif depth and isinstance(value, dict):
        for part in value.values():
            yield from tensors_in(part, depth - 1)


def mapped(value: Any, change: Callable[[torch.Tensor], Any]) -> Any:
    """An argument with something in place of each of its tensors; what is neither a tensor nor a plain container stays."""
    if isinstance(value, torch.Tensor):
        return change(value)
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return type(value)(*(mapped(part, change) for part in value))
    if type(value) in (tuple, list):
        return type(value)(mapped(part, change) for part in value)
    if isinstance(value, dict):
        return {name: mapped(part, change) for name, part in value.items()}
    return value


def first_tensor(*values: Any) -> torch.Tensor | None:
    """The first tensor of some arguments."""
    return next(tensors_in(values), None)


def same_rows(one: torch.Tensor, other: torch.Tensor | None) -> bool:
    """Whether two tensors hold the same rows: the same memory, or the same shape and first value, as after a cast or a move."""
    if one is other:
        return True
    if other is None:
        return False
    if one.numel() == 0 or one.dim() == 0 or len(one) != len(other):
        return False
    if one.shape == other.shape and one.data_ptr() == other.data_ptr():
        return True
    alike = one.shape == other.shape or (one.dim() > 1 and one.numel() == other.numel())
    return alike and one.dim() > 1 and bool(first_value(one) == first_value(other))


def first_value(tensor: torch.Tensor) -> float:
    """The first value."""
    return float(tensor.detach()[(0,) * tensor.dim()].abs())


def plain(tensor: torch.Tensor) -> torch.Tensor:
    """The values alone, on the CPU; at most `MOST_VALUES` of them, whole rows where it can be."""
    with torch.no_grad():
        values = tensor.detach()
        if values.is_sparse or values.layout is not torch.strided:
            values = values.to_dense()
        if values.is_complex():
            values = values.abs()
        if values.numel() > MOST_VALUES and values.dim() > 0:
            values = values[: max(1, MOST_VALUES * len(values) // values.numel())]
        return values.to("cpu")


def describe(value: Any) -> TensorFacts:
    """Describe a tensor, or the first tensor of an argument."""
    tensor = first_tensor(value)
    if tensor is None:
        return TensorFacts(dtype=type(value).__name__)
    facts: dict[str, Any] = {
        "shape": tuple(tensor.shape),
        "dtype": str(tensor.dtype).removeprefix("torch."),
        "device": str(tensor.device),
        "requires_grad": tensor.requires_grad,
    }
    if tensor.numel() == 0 or tensor.is_meta:
        return TensorFacts(**facts)
    with torch.no_grad():
        return TensorFacts(**facts, **figures(plain(tensor)))


def ends_of(value: Any) -> tuple[float, float, bool] | None:
    """The smallest and the largest finite value, and whether all are whole numbers, at a fraction of the cost of `describe`.

    None where there are none.
    """
    tensor = first_tensor(value)
    if tensor is None or tensor.numel() == 0 or tensor.is_meta:
        return None
    values = plain(tensor)
    if values.is_floating_point():
        values = values[torch.isfinite(values)]
        if values.numel() == 0:
            return None
        whole = bool((values == values.round()).all())
    else:
        whole = True
    low, high = values.aminmax()
    return float(low), float(high), whole


def figures(values: torch.Tensor) -> dict[str, Any]:
    """The figures of `TensorFacts` for values on the CPU."""
    wide = values.double()
    finite = torch.isfinite(wide)
    bad = int((~finite).sum())
    kept = wide[finite] if bad else wide.flatten()
    if kept.numel() == 0:
        return {"non_finite": bad}
    distinct = kept.unique() if kept.numel() <= MOST_VALUES else kept[:MOST_VALUES].unique()
    sums = wide.sum(-1) if values.dim() >= 2 else None
    return {
        "mean": float(kept.mean()),
        "std": float(kept.std(correction=0)),
        "minimum": float(kept.min()),
        "maximum": float(kept.max()),
        "zeros": float((kept == 0).double().mean()),
        "non_finite": bad,
        "whole": bool((kept == kept.round()).all()),
        "distinct": len(distinct) if len(distinct) <= MOST_DISTINCT else None,
        "row_sum_minimum": None if sums is None or bad else float(sums.min()),
        "row_sum_maximum": None if sums is None or bad else float(sums.max()),
    }
