"""The fully-connected network, and its initialisation."""

from collections.abc import Sequence

import torch
from torch import nn

HIDDEN = (256,)


class MLP(nn.Sequential):
    """A fully-connected network with ReLU: x_ND → [Linear → ReLU → Dropout] for each hidden width → Linear → z_NC.

    N examples, D inputs, C outputs. The last layer gives raw scores (logits, or values in units of the standardised target).
    """

    def __init__(self, inputs: int, outputs: int, *, hidden: Sequence[int] = HIDDEN, dropout: float = 0.0) -> None:
        layers: list[nn.Module] = []
        width = inputs
        for units in hidden:
            layers += [nn.Linear(width, units), nn.ReLU()]
            layers += [nn.Dropout(dropout)] if dropout else []
            width = units
        super().__init__(*layers, nn.Linear(width, outputs))


def initialise(network: nn.Module, *, seed: int) -> nn.Module:
    """Initialise in place: He (2015) for layers that feed a ReLU, Glorot (2010) for the last one, zero for biases.

    The global random state is left as it was.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        linear = [layer for layer in network.modules() if isinstance(layer, nn.Linear)]
        for layer in linear:
            if layer is linear[-1]:
                nn.init.xavier_uniform_(layer.weight)
            else:
                nn.init.kaiming_uniform_(layer.weight, nonlinearity="relu")
            nn.init.zeros_(layer.bias)
    return network


def count_parameters(network: nn.Module) -> int:
    """The number of trainable parameters."""
    return sum(parameter.numel() for parameter in network.parameters() if parameter.requires_grad)
