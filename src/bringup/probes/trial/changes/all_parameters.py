"""Every parameter that a gradient reaches is trained."""

from typing import TYPE_CHECKING, Any

import torch
from torch import nn

from bringup.capture.events import Backward, Step
from bringup.probes.trial.intervention import Intervention

if TYPE_CHECKING:
    from bringup.capture.session import Session


class AllParameters(Intervention):
    """A second optimizer of the same kind, at the same learning rate, steps what the program's optimizers do not hold."""

    def __init__(self, session: "Session", options: dict[str, Any]) -> None:
        super().__init__(session, options)
        self.held: set[int] = set()
        self.found: dict[int, nn.Parameter] = {}
        self.own: torch.optim.Optimizer | None = None

    def on_optimizer(self, optimizer: Any, place: Any) -> None:
        """Note what an optimizer holds."""
        del place
        self.hold(optimizer)

    def hold(self, optimizer: Any) -> None:
        """Note what an optimizer holds."""
        self.held |= {id(parameter) for group in optimizer.param_groups for parameter in group["params"]}

    def on_backward(self, event: Backward) -> None:
        """Find the parameters that a gradient will reach and nobody holds."""
        for root in event.roots:
            for parameter in parameters_below(root.grad_fn):
                if id(parameter) not in self.held:
                    self.found[id(parameter)] = parameter

    def on_step(self, step: Step) -> None:
        """Step them, along with the optimizer whose turn it is."""
        self.hold(step.optimizer)
        self.found = {number: parameter for number, parameter in self.found.items() if number not in self.held}
        if not self.found:
            return
        self.session.active = False  # this optimizer and its step are not the program's
        own = self.own = self.own or like(step.optimizer, list(self.found.values()))
        known = {id(parameter) for group in own.param_groups for parameter in group["params"]}
        new = [parameter for number, parameter in self.found.items() if number not in known]
        if new:
            own.add_param_group({"params": new})
        for group in own.param_groups:
            group["lr"] = step.optimizer.param_groups[0]["lr"]
        own.step()
        own.zero_grad()
        self.found = {}
        self.session.active = True
        self.acted += 1


def parameters_below(node: Any) -> list[nn.Parameter]:
    """The parameters that a backward pass from a node reaches."""
    found: list[nn.Parameter] = []
    waiting, seen = [node] if node is not None else [], set()
    while waiting:
        current = waiting.pop()
        if current in seen:
            continue
        seen.add(current)
        leaf = getattr(current, "variable", None)
        if isinstance(leaf, nn.Parameter):
            found.append(leaf)
        waiting.extend(below for below, _ in current.next_functions if below is not None)
    return found


def like(optimizer: torch.optim.Optimizer, parameters: list[nn.Parameter]) -> torch.optim.Optimizer:
    """An optimizer of the same kind and settings; Adam where its kind is not built from them."""
    try:
        return type(optimizer)(parameters, **optimizer.defaults)
    except (TypeError, ValueError):
        return torch.optim.Adam(parameters, lr=float(optimizer.param_groups[0]["lr"]))
