"""More steps than the program makes."""

import functools
import inspect
import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch
import torch.nn.functional as functions

from bringup.capture.events import Backward, LossCall, ModelCall, Step
from bringup.capture.torch.tensors import tensors_in
from bringup.probes.trial.intervention import Intervention
from bringup.probes.trial.measured import AT_THE_END, LATER
from bringup.probes.trial.progress import copied, first_like, small

if TYPE_CHECKING:
    from bringup.capture.torch.boundaries import Watch

MOST_BATCHES, MOST_BYTES = 128, 256 << 20
SHARE, MARGIN_SECONDS = 0.5, 5.0  # of the time that the program took, and seconds more, that may be spent


@dataclass(frozen=True)
class Batch:
    """One forward pass and its loss."""

    module: Any
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    function: str
    options: dict[str, Any]
    target: torch.Tensor
    shape: tuple[int, ...]

    def loss(self) -> torch.Tensor | None:
        """The loss of this batch now; None where the output is not what went into the loss."""
        output = first_like(self.module(*self.args, **self.kwargs), self.shape)
        return None if output is None else getattr(functions, self.function)(output, self.target, **self.options)


class LongerTraining(Intervention):
    """Training goes on for `times` as many steps.

    Keras is told to make more epochs. Of other programs the batches are kept, each with the loss that followed, and trained on
    when the program has come to its end. Nothing is done where the backward pass began at anything else than that loss, and
    where there are more batches than can be kept: some of them would be learned by heart, which says nothing.
    """

    def __init__(self, session: Any, options: dict[str, Any]) -> None:
        super().__init__(session, options)
        self.times = int(options["times"])
        self.kept: list[Batch] = []
        self.bytes = 0
        self.call: ModelCall | None = None
        self.batch: Batch | None = None
        self.value: Any = None
        self.optimizer: Any = None
        self.fits = True
        self.began = time.monotonic()

    def install(self, watch: "Watch") -> None:
        """Reach Keras, where the program uses it."""
        keras = sys.modules.get("keras")
        if keras is not None:
            watch.patches.replace(keras.Model, "fit", self.longer)

    def longer(self, original: Any) -> Any:
        """Keras' loop, with more epochs."""

        signature = inspect.signature(original)

        @functools.wraps(original)
        def fit(*args: Any, **kwargs: Any) -> Any:
            bound = signature.bind(*args, **kwargs)
            bound.apply_defaults()
            bound.arguments["epochs"] *= self.times
            self.acted += 1
            self.fits = False
            return original(*bound.args, **bound.kwargs)

        return fit

    def on_call(self, call: ModelCall) -> None:
        """Remember the call whose loss may follow."""
        self.call = call if call.site.grad else None

    def on_loss(self, loss: LossCall) -> None:
        """Remember the loss whose backward pass may follow."""
        call, self.call = self.call, None
        if not self.fits or call is None or not loss.trains:
            return
        if not isinstance(loss.input, torch.Tensor) or not isinstance(loss.target, torch.Tensor) or not small(call, loss):
            self.fits = False
            return
        given = call.module, copied(call.args), copied(call.kwargs), loss.function, dict(loss.options)
        self.batch, self.value = Batch(*given, loss.target.detach().clone(), tuple(loss.input.shape)), loss.output

    def on_backward(self, event: Backward) -> None:
        """Keep the batch, if the pass begins at its loss."""
        batch, value, self.batch, self.value = self.batch, self.value, None, None
        self.fits = self.fits and batch is not None and len(event.roots) == 1 and event.roots[0] is value
        if self.fits and batch is not None:
            self.kept.append(batch)
            self.bytes += sum(t.numel() * t.element_size() for t in tensors_in((batch.args, batch.kwargs, batch.target)))
            self.fits = len(self.kept) <= MOST_BATCHES and self.bytes <= MOST_BYTES
            if not self.fits:
                self.kept.clear()

    def on_step(self, step: Step) -> None:
        """Know the optimizer."""
        if step.number == 0:
            self.optimizer = step.optimizer
        self.fits = self.fits and step.number == 0 and not step.closure

    def at_end(self) -> None:
        """Go on."""
        if not self.fits or not self.kept or self.optimizer is None:
            return
        active, self.session.active = self.session.active, False
        try:
            self.go_on()
        finally:
            self.session.active = active

    def go_on(self) -> None:
        """Train on what was kept."""
        until = time.monotonic() + SHARE * (time.monotonic() - self.began) + MARGIN_SECONDS
        for batch in self.kept:
            batch.module.train()
        before = self.mean()
        for number in range(self.times * self.session.steps):
            loss = self.kept[number % len(self.kept)].loss()
            if loss is None or time.monotonic() > until:
                break
            self.optimizer.zero_grad()
            loss.backward()
            self.optimizer.step()
            self.acted += 1
        if self.acted and before is not None:
            after = self.mean()
            if after is not None:
                self.measures |= {AT_THE_END: before, LATER: after}

    @torch.no_grad()
    def mean(self) -> float | None:
        """The mean loss of the batches that were kept."""
        losses = [batch.loss() for batch in self.kept]
        return sum(float(loss) for loss in losses if loss is not None) / len(losses) if None not in losses else None
