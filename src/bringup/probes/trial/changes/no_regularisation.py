"""No weight decay, no dropout."""

from typing import TYPE_CHECKING, Any

import torch.nn.functional as functions
from torch import nn

from bringup.capture.events import Step
from bringup.probes.trial.intervention import Intervention

if TYPE_CHECKING:
    from bringup.capture.torch.boundaries import Watch

DROPOUTS = ("dropout", "dropout1d", "dropout2d", "dropout3d", "alpha_dropout", "feature_alpha_dropout")
RECURRENT = ("lstm", "gru", "rnn_tanh", "rnn_relu")


class NoRegularisation(Intervention):
    """Optimizers decay no weights, dropout drops nothing. A penalty that the program adds to its loss stays."""

    def install(self, watch: "Watch") -> None:
        """Replace the functions that drop."""
        watch.no_penalties = self.counted
        for name in DROPOUTS:
            watch.patches.replace(functions, name, self.kept_whole)

    def kept_whole(self, original: Any) -> Any:
        """A dropout that gives back what it was given."""

        def dropout(given: Any, p: float = 0.5, training: bool = True, inplace: bool = False) -> Any:
            self.acted += training and p > 0
            return original(given, 0.0, training, inplace)

        return dropout

    def counted(self, penalties: list[Any]) -> list[Any]:
        """The penalties on weights that a library adds to the loss by itself: none."""
        self.acted += bool(penalties)
        return []

    def on_root(self, root: Any, module: nn.Module) -> None:
        """Recurrent layers drop in compiled code."""
        del root
        for layer in module.modules():
            if isinstance(layer, nn.RNNBase) and layer.dropout:
                layer.dropout = 0.0
                self.acted += 1

    def on_step(self, step: Step) -> None:
        """Switch the decay off."""
        for group in step.optimizer.param_groups:
            if group.get("weight_decay"):
                group["weight_decay"] = 0.0
                self.acted += 1
