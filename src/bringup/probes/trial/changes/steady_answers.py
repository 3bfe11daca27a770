"""Does a model give the same rows the same answers, in the mode that it is evaluated in and in eval mode?"""

from typing import TYPE_CHECKING, Any

import torch
import torch.nn.functional as functions
from torch import nn

from bringup.capture.torch.tensors import first_tensor
from bringup.probes.trial.changes.no_regularisation import DROPOUTS
from bringup.probes.trial.intervention import Intervention
from bringup.probes.trial.measured import AS_IS, STEADY

if TYPE_CHECKING:
    from bringup.capture.torch.boundaries import Watch

MOST_CALLS = 20


class SteadyAnswers(Intervention):
    """Asks the model each evaluated batch again, in other company: all rows, and the first half alone.

    Measures how far the answers of the first half move, relative to their spread: as the program asks, and in eval mode
    without any dropout. The program gets the answers that it would have got.
    """

    def install(self, watch: "Watch") -> None:
        """See calls, and switch dropout off while asking in eval mode."""
        self.asking = self.quiet = False
        self.sums = {AS_IS: 0.0, STEADY: 0.0}
        for name in DROPOUTS:
            watch.patches.replace(functions, name, self.dropout)
        watch.patches.replace(nn.Module, "__call__", self.wrapped)

    def dropout(self, original: Any) -> Any:
        """A dropout that can be switched off."""

        def drop(given: Any, p: float = 0.5, training: bool = True, inplace: bool = False) -> Any:
            return original(given, 0.0 if self.quiet else p, training, inplace)

        return drop

    def wrapped(self, original: Any) -> Any:
        """An evaluating call, and the questions that come with it."""

        def __call__(module: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: N807 - it takes that place
            wanted = not self.asking and not torch.is_grad_enabled() and self.acted < MOST_CALLS
            if not wanted or self.session.telling or next(module.parameters(), None) is None:
                return original(module, *args, **kwargs)
            self.asking = True
            try:
                self.ask(original, module, args, kwargs)
                return original(module, *args, **kwargs)
            finally:
                self.asking = False

        return __call__

    def ask(self, original: Any, module: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        """Measure, and leave modes, buffers and random numbers as they were."""
        given = first_tensor(args)
        if given is None or given.ndim == 0 or len(given) < 4 or len(args) != 1 or kwargs:
            return
        modes = [(entry, entry.training) for entry in module.modules()]
        buffers = [(buffer, buffer.clone()) for buffer in module.buffers()]
        with torch.random.fork_rng(devices=[]):
            try:
                self.sums[AS_IS] += moved(original, module, given)
                module.eval()
                self.quiet = True
                self.sums[STEADY] += moved(original, module, given)
                self.acted += 1
            finally:
                self.quiet = False
                for entry, training in modes:
                    entry.training = training
                for buffer, value in buffers:
                    buffer.copy_(value)
        self.measures = {name: total / max(self.acted, 1) for name, total in self.sums.items()}


def moved(call: Any, module: Any, given: torch.Tensor) -> float:
    """How far the answers to the first half move when it is asked alone, relative to the spread of the answers."""
    half = len(given) // 2
    whole, alone = first_tensor(call(module, given)), first_tensor(call(module, given[:half]))
    if whole is None or alone is None or len(whole) != len(given) or len(alone) != half:
        return 0.0
    spread = float(whole.double().std()) or 1.0
    return float((whole[:half].double() - alone.double()).abs().mean()) / spread
