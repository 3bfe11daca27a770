"""Adam at 3e-4 in place of the program's optimizer."""

from typing import TYPE_CHECKING, Any

import torch

from bringup.capture.events import Step
from bringup.probes.trial.intervention import Intervention

if TYPE_CHECKING:
    from bringup.capture.session import Session

RATE = 3e-4


class DefaultOptimizer(Intervention):
    """Adam makes each step; the program's optimizer finds no gradients, and does nothing."""

    def __init__(self, session: "Session", options: dict[str, Any]) -> None:
        super().__init__(session, options)
        self.own: dict[int, torch.optim.Optimizer] = {}
        self.kept: list[tuple[torch.Tensor, torch.Tensor]] = []

    def on_step(self, step: Step) -> None:
        """Step, then hide the gradients."""
        held = [p for group in step.optimizer.param_groups for p in group["params"]]
        own = self.own.get(id(step.optimizer))
        if own is None:
            own = self.own[id(step.optimizer)] = torch.optim.Adam(held, lr=RATE)
        self.session.active = False  # this step is not the program's
        own.step()
        self.session.active = True
        step.skip = True  # of a library that is handed its gradients
        self.kept = [(p, p.grad) for p in held if p.grad is not None]
        for parameter, _ in self.kept:
            parameter.grad = None
        self.acted += 1

    def after_step(self, step: Step) -> None:
        """Show the gradients again: the program may look at them."""
        del step
        for parameter, gradient in self.kept:
            parameter.grad = gradient
        self.kept = []
