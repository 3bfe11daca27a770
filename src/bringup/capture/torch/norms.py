"""What many tensors are at once: their sizes, their differences, copies of them."""

import math

import torch


def norm(tensors: list[torch.Tensor]) -> float:
    """The Euclidean norm of all values together."""
    return math.hypot(*norms(tensors))


def norms(tensors: list[torch.Tensor]) -> list[float]:
    """The Euclidean norm of each."""
    if not tensors:
        return []
    found = torch._foreach_norm([t if t.dtype is torch.float32 else t.float() for t in tensors])  # type: ignore[attr-defined]
    if len({t.device for t in found}) > 1:
        found = [t.cpu() for t in found]
    return torch.stack(list(found)).tolist()


def copies(tensors: list[torch.Tensor]) -> list[torch.Tensor]:
    """A copy of each."""
    return list(torch._foreach_add(tensors, 0)) if tensors else []  # type: ignore[attr-defined]


def differences(tensors: list[torch.Tensor], others: list[torch.Tensor]) -> list[torch.Tensor]:
    """Each less the other."""
    return list(torch._foreach_sub(tensors, others)) if tensors else []  # type: ignore[attr-defined]
