"""Other arguments for the loss functions of `torch.nn.functional`."""

import inspect
from typing import TYPE_CHECKING, Any

import torch
import torch.nn.functional as functions

from bringup.capture.torch.losses import NAMES
from bringup.probes.trial.intervention import Intervention
from bringup.probes.trial.measured import VARIANCE

if TYPE_CHECKING:
    from bringup.capture.torch.boundaries import Watch

TINY = 1e-30
CLIPPED = 1e-7


class ChangedLoss(Intervention):
    """Changes what goes into a loss function."""

    names: tuple[str, ...] = NAMES

    def install(self, watch: "Watch") -> None:
        """Replace the functions."""
        self.inside = False
        watch.loss_hooks.append(self.changed)
        for name in self.names:
            watch.patches.replace(functions, name, lambda original, name=name: self.wrapped(name, original))

    def changed(self, name: str, given: torch.Tensor, target: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """The same for a loss of a library that does not come through torch's functions."""
        if name not in self.names:
            return given, target
        new, new_target = self.change(name, given, target)
        self.acted += new is not given or new_target is not target
        return new, new_target

    def wrapped(self, name: str, original: Any) -> Any:
        """A loss function with other arguments."""
        first, second = list(inspect.signature(original).parameters)[:2]

        def loss_function(*args: Any, **kwargs: Any) -> Any:
            if self.inside:
                return original(*args, **kwargs)
            rest = dict(kwargs)
            given = args[0] if args else rest.pop(first)
            target = args[1] if len(args) > 1 else rest.pop(second)
            self.inside = True
            try:
                new, new_target = self.change(name, given, target)
                if new is not given or new_target is not target:
                    self.acted += 1
                return original(new, new_target, *args[2:], **rest)
            finally:
                self.inside = False

        return loss_function

    def change(self, name: str, given: torch.Tensor, target: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """To be written by those that change something."""
        raise NotImplementedError


class RawLogits(ChangedLoss):
    """Hands each loss what it wants: logits where it was given probabilities, and the reverse.

    The logarithm of probabilities is as good as the logits that they were made from: a log-softmax of it changes nothing.
    """

    names = (
        "cross_entropy",
        "nll_loss",
        "binary_cross_entropy",
        "binary_cross_entropy_with_logits",
        "categorical_crossentropy",
    )

    def change(self, name: str, given: torch.Tensor, target: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Change the first argument where it is of the wrong kind."""
        scores = getattr(given, "_keras_logits", None)
        if scores is not None and given.shape[-1] == 1 and name == "binary_cross_entropy" and bool((given == 1).all()):
            return scores.sigmoid(), target  # a softmax over one unit
        kind = kind_of(given)
        if name == "categorical_crossentropy" and kind in ("logits", "shares"):
            return given.softmax(dim=-1), target
        if name == "cross_entropy" and kind == "probabilities":
            return given.clamp_min(TINY).log(), target
        if name == "nll_loss" and kind == "probabilities":
            return given.clamp_min(TINY).log(), target
        if name == "nll_loss" and kind == "logits":
            return given.log_softmax(dim=1), target
        if name == "binary_cross_entropy_with_logits" and kind in ("probabilities", "shares"):
            return torch.logit(given, eps=CLIPPED), target
        if name == "binary_cross_entropy" and kind == "logits":
            return given.sigmoid(), target
        return given, target


def kind_of(given: torch.Tensor) -> str:
    """What values look like: "probabilities" (rows sum to 1), "log-probabilities", "shares" (each from 0 to 1), "logits"."""
    values = given.detach()
    low, high = float(values.min()), float(values.max())
    if values.ndim > 1 and values.shape[1] > 1:
        if low >= 0 and float((values.sum(dim=1) - 1).abs().max()) < 1e-3:
            return "probabilities"
        if high <= 1e-6 and float((values.exp().sum(dim=1) - 1).abs().max()) < 1e-3:
            return "log-probabilities"
    return "shares" if low >= 0 and high <= 1 else "logits"


class AlignedShapes(ChangedLoss):
    """Gives prediction and target the same shape where both hold equally many values."""

    names = ("mse_loss", "l1_loss", "smooth_l1_loss", "huber_loss", "binary_cross_entropy_with_logits", "gaussian_nll_loss")

    def change(self, name: str, given: torch.Tensor, target: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Reshape the target."""
        del name
        if given.shape != target.shape and given.numel() == target.numel():
            return given, target.reshape(given.shape)
        return given, target


class StandardisedTarget(ChangedLoss):
    """Targets of real numbers with mean 0 and standard deviation 1, by the first batches."""

    names = ("mse_loss", "l1_loss", "smooth_l1_loss", "huber_loss")

    def __init__(self, session: Any, options: dict[str, Any]) -> None:
        super().__init__(session, options)
        self.pieces: list[torch.Tensor] = []

    def change(self, name: str, given: torch.Tensor, target: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Scale."""
        if sum(len(piece) for piece in self.pieces) < 256 or not self.pieces:
            self.pieces.append(target.detach().reshape(-1))
        seen = torch.cat(self.pieces)
        if name == "mse_loss":
            self.measures[VARIANCE] = float(seen.var())
        return given, (target - seen.mean()) / seen.std().clamp_min(1e-12)
