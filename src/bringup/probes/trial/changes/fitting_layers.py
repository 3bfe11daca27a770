"""Layers that take what they are given."""

from typing import TYPE_CHECKING, Any

import torch
import torch.nn.functional as functions
from torch import nn

from bringup.probes.trial.changes.resizing import CONVOLUTIONS, resize, sizes
from bringup.probes.trial.intervention import Intervention

if TYPE_CHECKING:
    from bringup.capture.torch.boundaries import Watch

MOST = 1 << 24  # weights of a layer that is built anew
MOST_ROWS = 1 << 20  # of an embedding


class FittingLayers(Intervention):
    """A linear layer or convolution that is given another size than it was built for is built for that size."""

    def install(self, watch: "Watch") -> None:
        """See what layers are given."""
        for kind in (nn.Linear, *CONVOLUTIONS):
            watch.patches.replace(kind, "forward", self.wrapped)

    def wrapped(self, original: Any) -> Any:
        """A layer that fits."""

        def forward(layer: Any, given: Any, *args: Any, **kwargs: Any) -> Any:
            if isinstance(given, torch.Tensor):
                self.fit(layer, given)
            return original(layer, given, *args, **kwargs)

        return forward

    def fit(self, layer: Any, given: torch.Tensor) -> None:
        """Build it anew where it does not fit."""
        takes, gives = sizes(layer)
        axis = -1 if isinstance(layer, nn.Linear) else 1
        size = given.shape[axis] if given.ndim > 1 else takes
        if size in (takes, 0) or size * gives > MOST or getattr(layer, "groups", 1) != 1:
            return
        resize(layer, size, gives)
        self.acted += 1


class LargerTable(Intervention):
    """An embedding has a row for every number that it is asked for; numbers below 0 ask for the first row."""

    def install(self, watch: "Watch") -> None:
        """Look before it does."""
        watch.patches.replace(functions, "embedding", self.wrapped)

    def wrapped(self, original: Any) -> Any:
        """An embedding with enough rows."""

        def embedding(given: torch.Tensor, weight: torch.Tensor, *args: Any, **kwargs: Any) -> Any:
            if given.numel():
                low, high = int(given.min()), int(given.max())
                if low < 0 or len(weight) <= high < MOST_ROWS:
                    self.acted += 1
                    given = given.clamp(min=0)
                    missing = high + 1 - len(weight)
                    if missing > 0:
                        weight.data = torch.cat([weight.data, weight.new_zeros(missing, weight.shape[1])])
            return original(given, weight, *args, **kwargs)

        return embedding
