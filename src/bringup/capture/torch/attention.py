"""Attention over sequences that are filled up at their ends: how much of it goes to what fills them."""

from collections.abc import Iterator
from typing import Any

import torch

from bringup.capture.torch.padding import tail
from bringup.capture.torch.tensors import tensors_in

SHORTEST = 4  # positions of a sequence
LEAST_ROWS = 4  # that are filled up
MOST = 1_000_000  # values of an input
WEIGHTS, PRODUCT, HEADS = "softmax", "scaled_dot_product_attention", "multi_head_attention_forward"


def filled_places(args: tuple[Any, ...], kwargs: dict[str, Any]) -> list[torch.Tensor]:
    """Of each input that is filled up at the ends of its rows: where. Shape [rows, positions], once for each layout."""
    found = []
    with torch.no_grad():
        for tensor in tensors_in((args, kwargs)):
            if tensor.dim() < 2 or min(tensor.shape[:2]) < SHORTEST or tensor.numel() > MOST or tensor.dtype is torch.bool:
                continue
            for rows in (tensor.detach(), tensor.detach().transpose(0, 1)):
                lengths = tail(rows)
                if lengths is not None and int((lengths > 0).sum()) >= LEAST_ROWS:
                    places = torch.arange(rows.shape[1], device=rows.device)
                    found.append(places >= (rows.shape[1] - lengths).unsqueeze(1))
    return found


def share_on_filled(
    name: str, args: tuple[Any, ...], kwargs: dict[str, Any], result: Any, filled: torch.Tensor
) -> float | None:
    """How much of the attention of rows that are filled up goes to the places that fill them; None where this is none.

    Where weights are not seen, but a mask is, all places that it leaves count alike.

    Args:
        filled: Where rows are filled up, shape [rows, positions].
    """
    padded = filled.any(1) & ~filled.all(1)
    for weights in weights_in(name, args, kwargs, result):
        found = by_row(weights.detach(), filled.shape)
        if found is not None:
            whole = found.sum(1)
            rows = padded & (whole > 0) & whole.isfinite()
            if int(rows.sum()) >= LEAST_ROWS:
                return float(((found * filled).sum(1) / whole)[rows].mean())
    return None


def weights_in(name: str, args: tuple[Any, ...], kwargs: dict[str, Any], result: Any) -> Iterator[torch.Tensor]:
    """The weights of an attention, or what stands for them; the last axis counts the positions that are read."""
    if name == WEIGHTS and isinstance(result, torch.Tensor):
        yield result
    elif name == PRODUCT:
        mask = kwargs.get("attn_mask", args[3] if len(args) > 3 else None)
        if isinstance(mask, torch.Tensor):
            yield mask if mask.dtype is torch.bool else mask > torch.finfo(mask.dtype).min / 2
    elif name == HEADS:
        mask = kwargs.get("key_padding_mask")
        if isinstance(mask, torch.Tensor):
            yield ~mask if mask.dtype is torch.bool else mask > torch.finfo(mask.dtype).min / 2


def by_row(weights: torch.Tensor, shape: torch.Size) -> torch.Tensor | None:
    """Weights added up for each row and position, whatever axes lie between; None where they are of something else."""
    rows, positions = shape
    if weights.dim() < 2 or weights.shape[-1] != positions or not weights.shape[0] or weights.shape[0] % rows:
        return None
    return weights.to(torch.float32).reshape(rows, -1, positions).sum(1)
