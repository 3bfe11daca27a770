"""The training loop: plain torch, data held as tensors and sliced, everything it does written into series.

Shapes: N examples, B examples of a batch, P examples of a part of one, D inputs, C outputs.

A run that was killed goes on from its checkpoint and ends with the same numbers to the last digit: the order of the examples
and every random draw of an epoch follow from (seed, epoch) alone, and a checkpoint is taken between epochs.
"""

import math
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import nn
from torch.utils.checkpoint import checkpoint as recompute

from bringup.models.network import count_parameters
from bringup.models.threads import SMALL_NETWORK, one_thread
from bringup.training.checkpoint import read_checkpoint, write_checkpoint
from bringup.training.settings import TrainingSettings
from bringup.training.watch import Progress, Watch, from_state, sizes, to_state

Loss = Callable[[torch.Tensor, torch.Tensor], torch.Tensor]
Weights = dict[str, torch.Tensor]
CHECKPOINT_SECONDS = 2.0
DENSE_STEPS = 20  # the first steps are watched one by one
THIN_EVERY = 50  # the rest is sampled


@dataclass(frozen=True)
class Batches:
    """Training rows as tensors, shuffled anew each epoch.

    Attributes:
        x_ND: Inputs.
        y_N: Targets: class numbers (int64) or values (float32).
        rows: Examples in a batch.
        seed: The order of epoch e follows from (seed, e).
    """

    x_ND: torch.Tensor  # noqa: N815 - shapes are part of the name
    y_N: torch.Tensor  # noqa: N815
    rows: int
    seed: int

    def epoch(self, number: int) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
        """The batches of one epoch. A last batch of one row is left out (batch statistics need two), unless all batches are."""
        device, generator = self.x_ND.device, torch.Generator().manual_seed(mix(self.seed, number))
        order = torch.randperm(len(self.x_ND), generator=generator).to(device)
        x_ND, y_N = self.x_ND[order], self.y_N[order]
        for start in range(0, len(order), self.rows):
            if start and self.rows > 1 and len(order) - start == 1:
                return
            yield x_ND[start : start + self.rows], y_N[start : start + self.rows]


def mix(seed: int, number: int) -> int:
    """One seed out of two numbers, far apart for neighbours (a step of splitmix64)."""
    value = (seed * 0x9E3779B97F4A7C15 + (number + 1) * 0xBF58476D1CE4E5B9) & 0xFFFFFFFFFFFFFFFF
    return (value ^ (value >> 31)) & 0x7FFFFFFFFFFFFFFF


def make_optimizer(network: nn.Module, settings: TrainingSettings) -> torch.optim.Optimizer:
    """Adam, with decoupled weight decay where that is asked for."""
    return torch.optim.AdamW(network.parameters(), lr=settings.learning_rate, weight_decay=settings.weight_decay, fused=True)


def update(
    network: nn.Module,
    optimizer: torch.optim.Optimizer,
    loss: Loss,
    x_BD: torch.Tensor,
    y_B: torch.Tensor,
    settings: TrainingSettings,
) -> torch.Tensor:
    """One optimizer step; the batch is computed in `settings.accumulate` parts whose gradients add up to those of the whole."""
    optimizer.zero_grad()
    total = torch.zeros((), device=x_BD.device)
    for x_PD, y_P in zip(x_BD.chunk(settings.accumulate), y_B.chunk(settings.accumulate), strict=True):
        with torch.autocast(x_BD.device.type, torch.bfloat16, enabled=settings.precision == "bf16"):
            z_PC = recompute(network, x_PD, use_reentrant=False) if settings.recompute else network(x_PD)
        value = loss(z_PC.float(), y_P) * (len(x_PD) / len(x_BD))
        value.backward()
        total += value.detach()
    optimizer.step()
    return total


@torch.no_grad()
def evaluate(network: nn.Module, x_ND: torch.Tensor, *, rows: int = 8192) -> torch.Tensor:
    """The network's outputs z_NC in evaluation mode, computed in parts of `rows` examples."""
    mode = network.training
    network.eval()
    try:
        return torch.cat([network(part) for part in x_ND.split(rows)]) if len(x_ND) else network(x_ND)
    finally:
        network.train(mode)


def train(
    network: nn.Module,
    batches: Batches,
    loss: Loss,
    settings: TrainingSettings,
    *,
    validation: tuple[torch.Tensor, torch.Tensor] | None = None,
    checkpoint: Path | None = None,
    on_epoch: Callable[[int, float], None] | None = None,
) -> tuple[Watch, Progress]:
    """Train in place; the network ends with the weights of the best validation loss, or of the last epoch without validation.

    Args:
        network: x_BD → z_BC.
        loss: (z_BC, y_B) → mean over the batch, in nats or squared units.
        validation: Inputs and targets on which early stopping is judged.
        checkpoint: A file that is written every few seconds, and read first.
        on_epoch: Called with the number of finished epochs and the last loss.

    Returns:
        The series, and how it ended: `stopped_by` is "patience", "epochs" or "diverged".
    """
    with one_thread(not batches.x_ND.is_cuda and 6 * batches.rows * count_parameters(network) <= SMALL_NETWORK):
        return run(network, batches, loss, settings, validation=validation, checkpoint=checkpoint, on_epoch=on_epoch)


def run(
    network: nn.Module,
    batches: Batches,
    loss: Loss,
    settings: TrainingSettings,
    *,
    validation: tuple[torch.Tensor, torch.Tensor] | None,
    checkpoint: Path | None,
    on_epoch: Callable[[int, float], None] | None,
) -> tuple[Watch, Progress]:
    """Go through the epochs, see `train`."""
    started = saved = time.perf_counter()
    optimizer = make_optimizer(network, settings)
    watch, now, best = begin(network, optimizer, checkpoint)
    earlier = now.seconds
    if now.epoch == 0 and validation is not None:
        watch.note("validation/loss", 0, judge(network, loss, validation))
    while not now.stopped_by:
        mean = one_epoch(network, optimizer, batches, loss, settings, watch, now)
        judged = mean if validation is None else judge(network, loss, validation)
        if validation is not None:
            watch.note("validation/loss", now.step, judged)
        if judged < now.best_loss or (validation is None and math.isfinite(judged)):
            now.best_loss, now.best_epoch, best = judged, now.epoch, copied(network)
        now.stopped_by = ending(now, mean, settings, validated=validation is not None)
        now.seconds = earlier + time.perf_counter() - started
        if checkpoint is not None and (now.stopped_by or time.perf_counter() - saved > CHECKPOINT_SECONDS):
            write_checkpoint(checkpoint, network=network, optimizer=optimizer, best=best, state=to_state(watch, now))
            saved = time.perf_counter()
        if on_epoch:
            on_epoch(now.epoch, mean)
    network.load_state_dict(best)
    return watch, now


def begin(network: nn.Module, optimizer: torch.optim.Optimizer, checkpoint: Path | None) -> tuple[Watch, Progress, Weights]:
    """The series so far, where the training stands, and the best weights: from the checkpoint where there is one."""
    found = None if checkpoint is None else read_checkpoint(checkpoint, network=network, optimizer=optimizer)
    if found is None:
        return Watch(), Progress(), copied(network)
    best, state = found
    return (*from_state(state), best)


def copied(network: nn.Module) -> Weights:
    """A copy of the weights."""
    return {name: value.detach().clone() for name, value in network.state_dict().items()}


def judge(network: nn.Module, loss: Loss, validation: tuple[torch.Tensor, torch.Tensor]) -> float:
    """The loss on the validation rows."""
    return float(loss(evaluate(network, validation[0]), validation[1]))


def one_epoch(
    network: nn.Module,
    optimizer: torch.optim.Optimizer,
    batches: Batches,
    loss: Loss,
    settings: TrainingSettings,
    watch: Watch,
    now: Progress,
) -> float:
    """One pass over the training rows; the mean loss of its batches. Stops at the first loss that is not finite."""
    network.train()
    device = batches.x_ND.device
    with torch.random.fork_rng(devices=[device] if device.type == "cuda" else []):
        torch.manual_seed(mix(batches.seed + 1, now.epoch))  # dropout draws from here, the same ones after a resume
        total, count = 0.0, 0
        for x_BD, y_B in batches.epoch(now.epoch):
            look = now.step < DENSE_STEPS or now.step % THIN_EVERY == 0
            before = [parameter.detach().clone() for parameter in network.parameters()] if look else []
            value = float(update(network, optimizer, loss, x_BD, y_B, settings))
            now.step += 1
            if look:
                gradient, ratio = sizes(network, before)
                watch.note("step/loss", now.step, value)
                watch.note("gradient/norm", now.step, gradient)
                watch.note("update/ratio", now.step, ratio)
            total, count = total + value * len(x_BD), count + len(x_BD)
            if not math.isfinite(value):
                break
    now.epoch += 1
    mean = total / count
    watch.note("train/loss", now.step, mean)
    return mean


def ending(now: Progress, mean: float, settings: TrainingSettings, *, validated: bool) -> str:
    """Why training ends now, or nothing."""
    if not math.isfinite(mean):
        return "diverged"
    if validated and now.epoch - now.best_epoch >= settings.patience:
        return "patience"
    return "epochs" if now.epoch >= settings.epochs else ""
