"""What observers ask of a layer: its parts, its own parameters, whether it drops or normalises; by the library that it is of.

Libraries that build on `torch.nn.Module` keep their layers and parameters in places of their own. Each has an entry in
`LIBRARIES`, added once it is imported.
"""

from collections.abc import Iterator
from typing import Protocol

import torch
from torch import nn


class Library(Protocol):
    """How to read the layers of one library."""

    def owns(self, module: nn.Module) -> bool:
        """Whether a layer is of this library."""
        ...

    def parts(self, module: nn.Module) -> list[tuple[str, nn.Module]]:
        """A layer and all layers in it, by name; its own is ""."""
        ...

    def parameters(self, part: nn.Module) -> Iterator[tuple[str, torch.Tensor]]:
        """The parameters that a layer itself has, those of its parts not among them."""
        ...

    def dropout(self, part: nn.Module) -> float:
        """The share that a layer drops in train mode; 0 for what is no dropout."""
        ...

    def is_dropout(self, part: nn.Module) -> bool:
        """Whether a layer does nothing but to drop, and drops anything."""
        ...

    def in_training(self, part: nn.Module, call: bool) -> bool:
        """Whether a part of a model works in train mode; `call` is the mode of the model's call."""
        ...

    def batch_norm(self, part: nn.Module) -> bool:
        """Whether it is a batch norm with running statistics."""
        ...

    def dense(self, part: nn.Module) -> tuple[int, int] | None:
        """Inputs and outputs of a fully-connected layer; None for others."""
        ...

    def weighs(self, part: nn.Module) -> bool:
        """Whether a layer computes with weights that have units and inputs."""
        ...

    def units_last(self, part: nn.Module) -> bool:
        """Whether the last axis of its weight counts its units, not the first."""
        ...


class Torch:
    """The layers of torch itself."""

    DROPOUT = (nn.modules.dropout._DropoutNd,)
    BATCH_NORM = (nn.modules.batchnorm._BatchNorm,)
    INNER = (nn.RNNBase, nn.MultiheadAttention)
    WEIGHS = (nn.Linear, nn.modules.conv._ConvNd, nn.RNNBase, nn.RNNCellBase, nn.Bilinear, nn.MultiheadAttention)

    def owns(self, module: nn.Module) -> bool:
        """All that no other library claims."""
        del module
        return True

    def parts(self, module: nn.Module) -> list[tuple[str, nn.Module]]:
        """As torch names them."""
        return list(module.named_modules())

    def parameters(self, part: nn.Module) -> Iterator[tuple[str, torch.Tensor]]:
        """As torch names them."""
        return iter([(name, p) for name, p in part._parameters.items() if p is not None])

    def dropout(self, part: nn.Module) -> float:
        """The probability of a dropout, also of one inside of a recurrent or an attention layer."""
        if isinstance(part, self.DROPOUT):
            return float(part.p)
        return float(part.dropout) if isinstance(part, self.INNER) else 0.0

    def is_dropout(self, part: nn.Module) -> bool:
        """Of the dropouts that are layers."""
        return isinstance(part, self.DROPOUT) and part.p > 0

    def in_training(self, part: nn.Module, call: bool) -> bool:
        """Each part of a model has a mode of its own."""
        del call
        return part.training

    def batch_norm(self, part: nn.Module) -> bool:
        """Whether it keeps running statistics."""
        return isinstance(part, self.BATCH_NORM) and part.track_running_stats

    def dense(self, part: nn.Module) -> tuple[int, int] | None:
        """Of `nn.Linear`."""
        return (part.in_features, part.out_features) if isinstance(part, nn.Linear) else None

    def weighs(self, part: nn.Module) -> bool:
        """Linear, convolutional, recurrent and attention layers."""
        return isinstance(part, self.WEIGHS)

    def units_last(self, part: nn.Module) -> bool:
        """Torch counts units first."""
        del part
        return False


LIBRARIES: list[Library] = []
TORCH = Torch()


def library_of(module: nn.Module) -> Library:
    """The library that a layer is of."""
    return next((library for library in LIBRARIES if library.owns(module)), TORCH)


def parts_of(module: nn.Module) -> list[tuple[str, nn.Module]]:
    """A layer and all layers in it, by name."""
    return library_of(module).parts(module)
