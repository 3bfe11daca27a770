"""The experiment on a batch of tensors: any network, any loss. Our own pipeline probes itself with it."""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch
from torch import nn

from bringup.models.threads import one_thread
from bringup.probes.change import NOTHING, Change
from bringup.probes.trajectory import CONVERGED, to_learn
from bringup.record import Series
from bringup.training.loop import Loss, make_optimizer
from bringup.training.settings import LEARNING_RATE, TrainingSettings

SMALL, LARGE = 0.1, 10.0  # the largest spread of an input, or its mean, that no standardisation would change much
ENOUGH = 5  # steps in a row below the mark, then the question is answered


@dataclass(frozen=True)
class TensorExperiment:
    """Train a fresh network on one frozen batch.

    Attributes:
        build: settings → a network, initialised, always the same one.
        x_BD, y_B: The batch.
        loss: (z_BC, y_B) → mean loss. A flipped sign in it is what `negate_loss` finds.
        error: (z_BC, y_B) → the error that is to fall; the loss itself where it is None. Where a loss has its sign flipped, its
        own
            value falls while the error rises.
        settings: Learning rate, regularisation, precision.
        reinitialise: Initialises a network in place.
    """

    build: Callable[[TrainingSettings], nn.Module]
    x_BD: torch.Tensor  # noqa: N815 - shapes are part of the name
    y_B: torch.Tensor  # noqa: N815
    loss: Loss
    settings: TrainingSettings
    error: Loss | None = None
    reinitialise: Callable[[nn.Module], nn.Module] | None = None

    def floor(self, change: Change = NOTHING) -> float:
        """The lowest loss possible on this batch: rows with equal inputs share one prediction.

        Where all rows have equal inputs the floor is 0: that they cannot be told apart is a fault, not a fact of the data.
        """
        x = self.x_BD.detach().cpu().numpy().reshape(len(self.x_BD), -1)
        y = self.target(change)
        _, group = np.unique(x, axis=0, return_inverse=True)
        if not group.any():
            return 0.0
        return entropy_floor(group.ravel(), y) if y.dtype.kind in "iu" else variance_floor(group.ravel(), y)

    def ignorant(self, change: Change = NOTHING) -> float:
        """The loss of the best prediction that is the same for all rows."""
        y = self.target(change)
        everyone = np.zeros(len(y), dtype=np.int64)
        return entropy_floor(everyone, y) if y.dtype.kind in "iu" else variance_floor(everyone, y)

    def target(self, change: Change) -> np.ndarray:
        """The changed target (not permuted: that changes neither floor nor ignorance by more than its draw)."""
        plain = replace(change, shuffle_labels=False, zero_inputs=False)
        return altered_batch(self.x_BD, self.y_B, plain, 0)[1].detach().cpu().numpy()

    def applies(self, change: Change) -> bool:
        """Whether the change would change anything here."""
        return not (
            (change.no_regularisation and not (self.settings.weight_decay or self.settings.dropout))
            or (change.standardise_inputs and in_scale(self.x_BD))
            or (change.standardise_target and in_scale(self.y_B[:, None]))
            or (change.float32 and self.settings.precision == "float32")
            or (change.reinitialise and self.reinitialise is None)
            or (change.optimizer == "adam" and altered(self.settings, change) == self.settings)
        )

    def one_batch(self, change: Change, *, steps: int, seed: int) -> Series:
        """The error before the first and after every update."""
        settings = altered(self.settings, change)
        x_BD, y_B = altered_batch(self.x_BD, self.y_B, change, seed)
        sign = -1.0 if change.negate_loss else 1.0
        with torch.random.fork_rng(devices=[x_BD.device] if x_BD.is_cuda else []), one_thread(True):
            torch.manual_seed(seed)
            network = self.build(settings).to(x_BD.device)
            if change.reinitialise and self.reinitialise:
                self.reinitialise(network)
            network.train()
            values = list(
                descend(
                    network,
                    make_optimizer(network, settings),
                    lambda z, y: sign * self.loss(z, y),
                    self.error or self.loss,
                    (x_BD, y_B),
                    steps=steps,
                    floor=self.floor(change),
                    ignorant=self.ignorant(change),
                    narrow=settings.precision == "bf16",
                )
            )
        return Series(unit="loss", steps=tuple(range(len(values))), values=tuple(values))


def in_scale(x_BD: torch.Tensor) -> bool:
    """Whether values are near mean 0 and standard deviation 1 already, or whole numbers that name something."""
    if not x_BD.is_floating_point() or len(x_BD) < 2:
        return True
    columns = x_BD.reshape(len(x_BD), -1)
    spread, center = float(columns.std(dim=0).max()), float(columns.mean(dim=0).abs().max())
    return SMALL <= spread <= LARGE and center <= LARGE


def descend(
    network: nn.Module,
    optimizer: torch.optim.Optimizer,
    loss: Loss,
    error: Loss,
    batch: tuple[torch.Tensor, torch.Tensor],
    *,
    steps: int,
    floor: float,
    ignorant: float,
    narrow: bool,
) -> Iterator[float]:
    """Take at most `steps` steps on one batch; stop when it is learned, or when the loss is no number.

    Yields:
        The error before each step, and after the last.
    """
    x_BD, y_B = batch
    first, below = None, 0
    for step in range(steps + 1):
        with torch.autocast(x_BD.device.type, torch.bfloat16, enabled=narrow):
            z_BC = network(x_BD)
        z_BC = z_BC.float() if narrow else z_BC
        value = float(error(z_BC, y_B).detach())
        yield value
        first = value if first is None else first
        mark = 0.5 * CONVERGED * to_learn(abs(first - floor), abs(ignorant - floor))
        below = below + 1 if abs(value - floor) <= mark else 0
        if not math.isfinite(value) or below >= max(ENOUGH, (step + 1) // 9) or step == steps:
            return
        optimizer.zero_grad()
        loss(z_BC, y_B).backward()
        optimizer.step()


def altered(settings: TrainingSettings, change: Change) -> TrainingSettings:
    """The settings with the change made."""
    update: dict[str, Any] = {"learning_rate": settings.learning_rate * change.learning_rate}
    if change.optimizer == "adam":
        update = {"learning_rate": LEARNING_RATE, "weight_decay": 0.0}
    if change.no_regularisation:
        update |= {"weight_decay": 0.0, "dropout": 0.0}
    if change.float32:
        update["precision"] = "float32"
    return settings.model_copy(update=update)


def altered_batch(x_BD: torch.Tensor, y_B: torch.Tensor, change: Change, seed: int) -> tuple[torch.Tensor, torch.Tensor]:
    """The batch with the change made."""
    if change.standardise_inputs:
        spread = x_BD.std(dim=0, keepdim=True)
        x_BD = (x_BD - x_BD.mean(dim=0, keepdim=True)) / torch.where(spread > 0, spread, torch.ones_like(spread))
    if change.zero_inputs:
        x_BD = torch.zeros_like(x_BD)
    if change.standardise_target and y_B.is_floating_point():
        spread = y_B.std() if len(y_B) > 1 else y_B.new_zeros(())
        y_B = (y_B - y_B.mean()) / torch.where(spread > 0, spread, torch.ones_like(spread))
    if change.shuffle_labels:
        y_B = y_B[torch.randperm(len(y_B), generator=torch.Generator().manual_seed(seed))]
    return x_BD, y_B


def entropy_floor(group: np.ndarray, y: np.ndarray) -> float:
    """The mean cross-entropy in nats of the best prediction that is equal within each group."""
    total = 0.0
    for members in (y[group == label] for label in np.unique(group)):
        share = np.unique(members, return_counts=True)[1] / len(members)
        total -= len(members) * float(np.sum(share * np.log(share)))
    return total / len(y)


def variance_floor(group: np.ndarray, y: np.ndarray) -> float:
    """Mean squared error of the best prediction that is equal within each group."""
    sums = np.bincount(group, weights=y)
    counts = np.bincount(group)
    return float(np.mean((y - (sums / counts)[group]) ** 2))
