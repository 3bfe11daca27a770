"""Another learning rate."""

from typing import Any

from bringup.capture.events import Step
from bringup.probes.trial.intervention import Intervention


class LearningRate(Intervention):
    """Every step is made with `factor` times its learning rate; schedulers see their own."""

    def on_step(self, step: Step) -> None:
        """Change it."""
        self.before = [group["lr"] for group in step.optimizer.param_groups]
        for group in step.optimizer.param_groups:
            group["lr"] = times(group["lr"], self.options["factor"])
        self.acted += 1

    def after_step(self, step: Step) -> None:
        """Put it back."""
        for group, rate in zip(step.optimizer.param_groups, self.before, strict=False):
            group["lr"] = rate


def times(rate: Any, factor: float) -> Any:
    """A learning rate, a number or a tensor, times a factor."""
    return rate * factor
