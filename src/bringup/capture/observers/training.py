"""The training as numbers over steps: the loss, the size of gradients and of updates."""

from typing import Any

import torch

from bringup.capture.events import Step
from bringup.capture.observer import Observer
from bringup.capture.series import Growing
from bringup.capture.torch.norms import copies, differences, norm


class Training(Observer):
    """Fills the series "step/loss", "gradient/norm" and "update/ratio".

    "step/loss" is of the line whose loss was differentiated first, averaged where gradients are accumulated over passes.
    """

    close_only = frozenset({"on_step", "after_step"})

    def __init__(self, session: Any) -> None:
        super().__init__(session)
        self.gradient, self.update = Growing(), Growing()
        self.before: list[torch.Tensor] | None = None

    def on_step(self, step: Step) -> None:
        """On some steps, note how large gradients are, and keep the weights for a moment."""
        if step.number != 0 or not step.detail or step.closure:
            return
        parameters = parameters_of(step)
        gradients = [p.grad for p in parameters if p.grad is not None and not p.grad.is_sparse]
        if gradients:
            self.gradient.add(step.step, norm(gradients))
        self.before = copies([p.detach() for p in parameters])

    def after_step(self, step: Step) -> None:
        """Note how far the weights moved."""
        if self.before is None or step.number != 0:
            return
        parameters = parameters_of(step)
        if len(parameters) == len(self.before) and parameters:
            moved = norm(differences([p.detach() for p in parameters], self.before))
            self.update.add(step.step, moved / max(norm(self.before), 1e-12))
        self.before = None

    def facts(self) -> dict[str, Any]:
        """The series."""
        own = {"gradient/norm": self.gradient, "update/ratio": self.update}
        found = {name: entry.frozen() for name, entry in own.items() if entry.last is not None}
        curve = next(iter(self.session.curves.values()), None)
        if curve is not None:
            found["step/loss"] = curve.frozen()
        return {"series": found}


def parameters_of(step: Step) -> list[torch.Tensor]:
    """The parameters that an optimizer holds."""
    return [parameter for group in step.optimizer.param_groups for parameter in group["params"]]
