"""Gradients cleared after each step."""

from bringup.capture.events import Step
from bringup.probes.trial.intervention import Intervention


class ClearedGradients(Intervention):
    """No step uses a gradient twice."""

    def after_step(self, step: Step) -> None:
        """Clear what this optimizer holds."""
        for group in step.optimizer.param_groups:
            for parameter in group["params"]:
                self.acted += parameter.grad is not None
                parameter.grad = None
