"""Give a layer other sizes in place, so that an optimizer that holds its parameters goes on holding them."""

from typing import Any

import torch
from torch import nn

CONVOLUTIONS = (nn.Conv1d, nn.Conv2d, nn.Conv3d)
WEIGHTED = (nn.Linear, *CONVOLUTIONS)
NORMS = (nn.BatchNorm1d, nn.BatchNorm2d, nn.BatchNorm3d)


def sizes(layer: nn.Module) -> tuple[int, int]:
    """How many numbers a layer takes and gives, by its weight."""
    if isinstance(layer, nn.Linear):
        return layer.in_features, layer.out_features
    assert isinstance(layer, CONVOLUTIONS)
    return layer.in_channels, layer.out_channels


def resize(layer: nn.Module, takes: int, gives: int) -> None:
    """Other sizes, and weights drawn anew as the layer draws them; the program's random numbers stay what they are."""
    if isinstance(layer, nn.Linear):
        shape: tuple[int, ...] = (gives, takes)
        layer.in_features, layer.out_features = takes, gives
    else:
        assert isinstance(layer, CONVOLUTIONS)
        shape = (gives, takes, *layer.weight.shape[2:])
        layer.in_channels, layer.out_channels = takes, gives
    with torch.random.fork_rng(devices=[]), torch.no_grad():
        torch.manual_seed(0)
        layer.weight.data = layer.weight.new_empty(shape)
        if layer.bias is not None:
            layer.bias.data = layer.bias.new_empty(gives)
        layer.reset_parameters()


def resize_norm(layer: Any, width: int) -> None:
    """A batch norm of another width, as it is at the beginning."""
    layer.num_features = width
    for name in ("weight", "bias", "running_mean", "running_var"):
        values = getattr(layer, name, None)
        if values is not None:
            values.data = values.new_full((width,), 1.0 if name in ("weight", "running_var") else 0.0)
