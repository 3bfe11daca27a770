"""Checkpoints: everything a training needs to go on as if nothing had happened, in one safetensors file, never a pickle."""

import json
from pathlib import Path
from typing import Any

import torch
from safetensors import safe_open
from safetensors.torch import save

from bringup.record import write_bytes


def flatten(prefix: str, tensors: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """Put a prefix before every name; safetensors wants contiguous tensors of their own."""
    return {f"{prefix}{name}": tensor.detach().cpu().contiguous().clone() for name, tensor in tensors.items()}


def write_checkpoint(
    path: Path,
    *,
    network: torch.nn.Module,
    optimizer: torch.optim.Optimizer,
    best: dict[str, torch.Tensor],
    state: dict[str, Any],
) -> None:
    """Write network, optimizer, the best weights so far and the loop's own state (JSON), whole or not at all.

    Raises:
        BringupError: if the disk is full or the folder cannot be written.
    """
    moments: dict[str, torch.Tensor] = {}
    for index, slots in optimizer.state_dict()["state"].items():
        moments |= {f"{index}.{name}": torch.as_tensor(value) for name, value in slots.items()}
    tensors = flatten("network.", network.state_dict()) | flatten("best.", best) | flatten("optimizer.", moments)
    write_bytes(path, save(tensors, metadata={"state": json.dumps(state)}))


def read_checkpoint(
    path: Path, *, network: torch.nn.Module, optimizer: torch.optim.Optimizer
) -> tuple[dict[str, torch.Tensor], dict[str, Any]] | None:
    """Load a checkpoint into network and optimizer; return the best weights and the loop's state, or None where there is no checkpoint.

    A checkpoint is replaced atomically, so one that cannot be read was damaged from outside: training then starts anew.
    """
    if not path.exists():
        return None
    try:
        with safe_open(path, framework="pt") as file:
            state = json.loads((file.metadata() or {})["state"])
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - not a dict
    except (OSError, ValueError, KeyError, Exception) as error:
        if isinstance(error, KeyboardInterrupt):
            raise
        return None
    part = {
        prefix: {n.removeprefix(prefix): t for n, t in tensors.items() if n.startswith(prefix)}
        for prefix in ("network.", "best.", "optimizer.")
    }
    network.load_state_dict(part["network."])
    slots: dict[int, dict[str, torch.Tensor]] = {}
    for name, tensor in part["optimizer."].items():
        index, slot = name.split(".", 1)
        slots.setdefault(int(index), {})[slot] = tensor
    optimizer.load_state_dict({"state": slots, "param_groups": optimizer.state_dict()["param_groups"]})
    return part["best."], state
