"""Other initial weights: He for what feeds a ReLU, Glorot for the rest."""

from typing import Any

import torch
from torch import nn

from bringup.capture.torch.kinds import TORCH, Library, library_of
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
            library = library_of(module)
            if library is not TORCH:
                self.acted += sum(reset(library, layer, generator) for _, layer in library.parts(module))
                return
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


def reset(library: Library, layer: nn.Module, generator: torch.Generator) -> int:
    """Initialise a layer of another library by He, which is for ReLU and does no harm to others; how many weights that were."""
    if not library.weighs(layer):
        return 0
    count = 0
    for _, parameter in library.parameters(layer):
        if parameter.dim() > 1:
            fan_in = parameter[..., 0].numel() if library.units_last(layer) else parameter[0].numel()
            parameter.normal_(0.0, (2.0 / max(fan_in, 1)) ** 0.5, generator=generator)
            count += 1
        else:
            parameter.zero_()
    return count
