"""Checkpoints: everything a training needs to go on as if nothing had happened, in one safetensors file, never a pickle."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save

from bringup.record import digest, write_bytes

Tensors = dict[str, torch.Tensor]
PREFIXES = ("network.", "best.", "optimizer.")


def flatten(prefix: str, tensors: Mapping[str, torch.Tensor]) -> Tensors:
    """Put a prefix before every name; safetensors wants contiguous tensors of their own."""
    return {f"{prefix}{name}": tensor.detach().cpu().contiguous().clone() for name, tensor in tensors.items()}


def write_checkpoint(
    path: Path,
    *,
    network: torch.nn.Module,
    optimizer: torch.optim.Optimizer,
    best: Tensors,
    state: dict[str, Any],
) -> None:
    """Write network, optimizer, the best weights so far and the loop's own state (JSON), whole or not at all.

    Raises:
        BringupError: if the disk is full or the folder cannot be written.
    """
    moments: Tensors = {}
    for index, slots in optimizer.state_dict()["state"].items():
        moments |= {f"{index}.{name}": torch.as_tensor(value) for name, value in slots.items()}
    tensors = flatten("network.", network.state_dict()) | flatten("best.", best) | flatten("optimizer.", moments)
    text = json.dumps(state)
    write_bytes(path, save(tensors, metadata={"state": text, "digest": content_digest(tensors, text)}))


def content_digest(tensors: Tensors, state: str) -> str:
    """The digest of all that a checkpoint holds."""
    parts = [[name, digest(tensor.view(-1).view(torch.uint8).numpy())] for name, tensor in sorted(tensors.items())]
    return digest([state, *parts])


def read_checkpoint(
    path: Path, *, network: torch.nn.Module, optimizer: torch.optim.Optimizer
) -> tuple[Tensors, dict[str, Any]] | None:
    """Load a checkpoint into network and optimizer.

    A checkpoint is replaced atomically, so one that cannot be read was damaged from outside, and one with other shapes belongs
    to
    another network: training then starts anew.

    Returns:
        The best weights and the loop's state, or None where there is no checkpoint to go on from; nothing is changed then.
    """
    found = read_whole(path)
    if found is None:
        return None
    tensors, state = found
    part = {p: {name.removeprefix(p): value for name, value in tensors.items() if name.startswith(p)} for p in PREFIXES}
    shapes = {name: value.shape for name, value in network.state_dict().items()}
    if any({name: value.shape for name, value in part[p].items()} != shapes for p in ("network.", "best.")):
        return None
    slots: dict[int, Tensors] = {}
    for name, tensor in part["optimizer."].items():
        index, slot = name.split(".", 1)
        slots.setdefault(int(index), {})[slot] = tensor
    network.load_state_dict(part["network."])
    optimizer.load_state_dict({"state": slots, "param_groups": optimizer.state_dict()["param_groups"]})
    return part["best."], state


def read_whole(path: Path) -> tuple[Tensors, dict[str, Any]] | None:
    """The tensors and the state of a checkpoint, or None where there is none or it is not as it was written."""
    try:
        with safe_open(path, framework="pt") as file:
            metadata = file.metadata() or {}
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - not a dict
        text = metadata["state"]
        return (tensors, json.loads(text)) if content_digest(tensors, text) == metadata["digest"] else None
    except (OSError, ValueError, KeyError, SafetensorError):
        return None
