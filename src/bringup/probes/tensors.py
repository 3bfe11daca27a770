"""The experiment on a batch of tensors: any network, any loss. Our own pipeline probes itself with it."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from torch import nn

from bringup.models.threads import one_thread
from bringup.probes.change import Change
from bringup.probes.trajectory import CONVERGED
from bringup.record import Series
from bringup.training.loop import Loss
from bringup.training.settings import LEARNING_RATE, TrainingSettings

ENOUGH = 5  # steps in a row below the mark, then the question is answered


@dataclass(frozen=True)
class TensorExperiment:
    """Train a fresh network on one frozen batch.

    Attributes:
        build: settings → a network, initialised, always the same one.
        x_BD, y_B: The batch.
        loss: (z_BC, y_B) → mean loss. A flipped sign in it is what `negate_loss` finds.
        error: (z_BC, y_B) → the error that is to fall. Where a loss has its sign flipped, its own value falls while the error rises.
        settings: Learning rate, regularisation.
        reinitialise: Initialises a network in place.
    """

    build: Callable[[TrainingSettings], nn.Module]
    x_BD: torch.Tensor
    y_B: torch.Tensor
    loss: Loss
    settings: TrainingSettings
    error: Loss | None = None
    reinitialise: Callable[[nn.Module], nn.Module] | None = None

    @property
    def floor(self) -> float:
        """The lowest loss possible on this batch: rows with equal inputs share one prediction."""
        x = self.x_BD.detach().cpu().numpy().reshape(len(self.x_BD), -1)
        y = self.y_B.detach().cpu().numpy()
        _, group = np.unique(x, axis=0, return_inverse=True)
        return entropy_floor(group.ravel(), y) if y.dtype.kind in "iu" else variance_floor(group.ravel(), y)

    def one_batch(self, change: Change, *, steps: int, seed: int) -> Series:
        """The error before the first and after every update."""
        settings = altered(self.settings, change)
        x_BD, y_B = altered_batch(self.x_BD, self.y_B, change, seed)
        sign = -1.0 if change.negate_loss else 1.0
        error = self.error or self.loss
        with torch.random.fork_rng(devices=[]), one_thread(True):
            torch.manual_seed(seed)
            network = self.build(settings)
            if change.reinitialise and self.reinitialise:
                self.reinitialise(network)
            network.train()
            optimizer = torch.optim.AdamW(
                network.parameters(), lr=settings.learning_rate, weight_decay=settings.weight_decay, fused=True
            )
            return descend(
                network, optimizer, lambda z, y: sign * self.loss(z, y), error, x_BD, y_B, steps=steps, floor=self.floor
            )


def descend(
    network: nn.Module,
    optimizer: torch.optim.Optimizer,
    loss: Loss,
    error: Loss,
    x_BD: torch.Tensor,
    y_B: torch.Tensor,
    *,
    steps: int,
    floor: float,
) -> Series:
    """Take at most `steps` steps on one batch; stop when it is learned, or when the loss is no number."""
    values: list[float] = []
    below = 0
    for _ in range(steps + 1):
        z_BC = network(x_BD)
        value = float(error(z_BC, y_B).detach())
        values.append(value)
        below = below + 1 if value - floor <= 0.5 * CONVERGED * abs(values[0] - floor) else 0
        if not np.isfinite(value) or below >= max(ENOUGH, len(values) // 9):
            break
        optimizer.zero_grad()
        loss(z_BC, y_B).backward()
        optimizer.step()
    return Series(unit="loss", steps=tuple(range(len(values))), values=tuple(values))


def altered(settings: TrainingSettings, change: Change) -> TrainingSettings:
    """The settings with the change made."""
    update: dict[str, float] = {"learning_rate": settings.learning_rate * change.learning_rate}
    if change.optimizer == "adam":
        update = {"learning_rate": LEARNING_RATE, "weight_decay": 0.0}
    if change.no_regularisation:
        update |= {"weight_decay": 0.0, "dropout": 0.0}
    return settings.model_copy(update=update)


def altered_batch(x_BD: torch.Tensor, y_B: torch.Tensor, change: Change, seed: int) -> tuple[torch.Tensor, torch.Tensor]:
    """The batch with the change made."""
    if change.standardise_inputs:
        spread = x_BD.std(dim=0, keepdim=True)
        x_BD = (x_BD - x_BD.mean(dim=0, keepdim=True)) / torch.where(spread > 0, spread, torch.ones_like(spread))
    if change.zero_inputs:
        x_BD = torch.zeros_like(x_BD)
    if change.standardise_target and y_B.is_floating_point():
        y_B = (y_B - y_B.mean()) / y_B.std().clamp_min(1e-12)
    if change.shuffle_labels:
        y_B = y_B[torch.randperm(len(y_B), generator=torch.Generator().manual_seed(seed))]
    return x_BD, y_B


def entropy_floor(group: np.ndarray, y: np.ndarray) -> float:
    """Mean cross-entropy in nats of the best prediction that is equal within each group."""
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
