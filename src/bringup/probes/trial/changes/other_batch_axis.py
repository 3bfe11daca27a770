"""Layers of sequences that take the batch on another axis."""

from typing import TYPE_CHECKING, Any

from torch import nn

from bringup.probes.trial.intervention import Intervention
from bringup.probes.trial.place import Line

if TYPE_CHECKING:
    from bringup.capture.session import Session


class OtherBatchAxis(Intervention):
    """Layers of sequences take the batch on the other of their first two axes."""

    def __init__(self, session: "Session", options: dict[str, Any]) -> None:
        super().__init__(session, options)
        self.line = Line(session, options)

    def on_root(self, root: Any, module: nn.Module) -> None:
        """Turn the switch of those that were built on the line; of all where the line built none."""
        del root
        layers = [layer for layer in module.modules() if isinstance(getattr(layer, "batch_first", None), bool)]
        for layer in [entry for entry in layers if self.line.built(entry)] or layers:
            layer.batch_first = not layer.batch_first  # pyright: ignore
            self.acted += 1
