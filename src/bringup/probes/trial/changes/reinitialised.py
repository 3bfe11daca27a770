"""Other initial weights: He for what feeds a ReLU, Glorot for the rest."""

from typing import Any

import torch
from torch import nn

from bringup.probes.trial.intervention import Intervention

LAYERS = (nn.Linear, nn.Conv1d, nn.Conv2d, nn.Conv3d, nn.ConvTranspose1d, nn.ConvTranspose2d)


class Reinitialised(Intervention):
    """Initialises each model before its first call (He et al. 2015; Glorot & Bengio 2010); biases 0."""

    def on_root(self, root: Any, module: nn.Module) -> None:
        """Initialise."""
        del root
        rectified = any(isinstance(layer, nn.ReLU | nn.LeakyReLU) for layer in module.modules())
        generator = torch.Generator().manual_seed(0)
        with torch.no_grad():
            for layer in module.modules():
                if isinstance(layer, LAYERS):
                    if rectified:
                        nn.init.kaiming_normal_(layer.weight, nonlinearity="relu", generator=generator)
                    else:
                        nn.init.xavier_uniform_(layer.weight, generator=generator)
                    if layer.bias is not None:
                        layer.bias.zero_()
                    self.acted += 1
                elif isinstance(layer, nn.RNNBase):
                    for name, weight in layer.named_parameters(recurse=False):
                        (nn.init.xavier_uniform_(weight, generator=generator) if weight.ndim > 1 else weight.zero_())
                        self.acted += name.startswith("weight")
