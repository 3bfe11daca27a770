"""No schedule: the learning rate stays what it was at first."""

from bringup.capture.events import Step
from bringup.probes.trial.intervention import Intervention


class ConstantSchedule(Intervention):
    """Every step is made with the learning rate of the first one."""

    def on_step(self, step: Step) -> None:
        """Change it."""
        groups = step.optimizer.param_groups
        self.before = [group["lr"] for group in groups]
        for group in groups:
            first = group.get("initial_lr", group["lr"]) if not self.options.get("first") else group["lr"]
            first = self.first.setdefault(id(group), first)
            self.acted += group["lr"] != first
            group["lr"] = first

    def __init__(self, session: object, options: dict[str, object]) -> None:
        super().__init__(session, options)  # pyright: ignore[reportArgumentType]
        self.first: dict[int, object] = {}

    def after_step(self, step: Step) -> None:
        """Put it back."""
        for group, rate in zip(step.optimizer.param_groups, self.before, strict=False):
            group["lr"] = rate
