"""Model, loss, optimizer and data of torch as a training that can be run again and again."""

import copy
import time
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from types import MethodType
from typing import Any

import torch
from torch import nn

from bringup.diagnosis.parts.batches import Batches, Feed, read_batches
from bringup.diagnosis.parts.losses import Loss, chosen, read_loss
from bringup.diagnosis.parts.randomness import seeded
from bringup.diagnosis.parts.untouched import remade, untouched
from bringup.errors import BringupError
from bringup.models.threads import SMALL_NETWORK, one_thread
from bringup.training.settings import BATCH_ROWS, LEARNING_RATE

OPTIMIZERS = "hand over an optimizer over the model's parameters, or a function of parameters that makes one"


@dataclass(frozen=True, kw_only=True)
class TorchParts:
    """What trains.

    Attributes:
        model: Is copied for each training; the person's own stays as it is.
        loss: (output, target) → a tensor of one number; None for the usual one, see `chosen`.
        optimizer: One that holds the model's parameters, or a function of parameters that makes one; Adam at 3e-4 by default.
        data, validation: Batches to train on, and rows that are not trained on.
        steps: Optimizer steps of a training.
        seed: Of the random generators, at the start of each training.
        seconds: After these no further batch is trained on.
    """

    model: nn.Module
    loss: Loss | None
    optimizer: Any
    data: Batches
    validation: Batches | None
    steps: int
    seed: int
    seconds: float | None = None

    def train(self) -> None:
        """Train a copy, and evaluate it on the rows for validation.

        Raises:
            BringupError: if there is no batch, a batch is no pair, or no loss fits.
        """
        parts = [entry.source for entry in (self.data, self.validation) if entry is not None]
        with one_thread(is_small(self.model)), seeded(self.seed), untouched(self.model, *parts):
            network, optimizer, loss = self.copies()
            loss = self.fit(network, optimizer, loss)
            if self.validation is not None:
                network.eval()
                with torch.no_grad():
                    for inputs, target in self.validation.once():
                        output = network(*inputs)
                        (loss or chosen(output, target))(output, target)

    def fit(self, network: nn.Module, optimizer: torch.optim.Optimizer, loss: Loss | None) -> Loss | None:
        """Train for so many steps; return the loss."""
        until = None if self.seconds is None else time.monotonic() + self.seconds
        done, late = 0, False
        network.train()
        while done < self.steps and not late:
            before = done
            for inputs, target in islice(self.data.once(seed=self.seed + done), self.steps - done):
                loss = step(network, optimizer, loss, inputs, target)
                done += 1
                late = until is not None and time.monotonic() > until
                if late:
                    break
            if done == before:
                raise BringupError("the data hold no batch", do="hand over some rows to train on")
        return loss

    def copies(self) -> tuple[nn.Module, torch.optim.Optimizer, Loss | None]:
        """A copy of the model, an optimizer that holds the parameters of the copy, and the loss.

        Raises:
            BringupError: if the model cannot be copied, or the function makes no optimizer.
        """
        memo: dict[int, Any] = {}
        network = copied(self.model, memo)
        owner = self.loss.__self__ if isinstance(self.loss, MethodType) else self.loss
        loss = copy.deepcopy(self.loss, memo) if isinstance(owner, nn.Module) else self.loss
        if isinstance(self.optimizer, torch.optim.Optimizer):
            return network, remade(self.optimizer, memo), loss
        parameters = [
            *network.parameters(),
            *(loss.parameters() if isinstance(loss, nn.Module) and loss is not network else ()),
        ]
        return network, self.made(parameters), loss

    def made(self, parameters: Iterable[Any]) -> torch.optim.Optimizer:
        """The optimizer that the person's function makes, or the default."""
        if self.optimizer is None:
            return torch.optim.Adam(parameters, lr=LEARNING_RATE)
        made = self.optimizer(parameters)
        if not isinstance(made, torch.optim.Optimizer):
            raise BringupError("`optimizer` makes no optimizer", there=f"it gives a {type(made).__name__}", do=OPTIMIZERS)
        return made


def is_small(model: nn.Module) -> bool:
    """Whether a step is so little work that more than one thread only gets in its own way."""
    parameters = list(model.parameters())
    spread = any(isinstance(module, nn.modules.conv._ConvNd) for module in model.modules())  # each weight is used many times
    work = 6 * BATCH_ROWS * sum(parameter.numel() for parameter in parameters)
    return parameters[0].device.type == "cpu" and not spread and work <= SMALL_NETWORK


def step(network: nn.Module, optimizer: Any, loss: Loss | None, inputs: tuple[Any, ...], target: Any) -> Loss:
    """One step of training; return the loss, which the first step may have to choose."""
    used = loss

    def closure() -> Any:
        nonlocal used
        optimizer.zero_grad()
        output = network(*inputs)
        used = used or chosen(output, target)
        value = used(output, target)
        value.backward()
        return value

    if isinstance(optimizer, torch.optim.LBFGS):
        optimizer.step(closure)
    else:
        closure()
        optimizer.step()
    assert used is not None
    return used


def copied(model: nn.Module, memo: dict[int, Any]) -> nn.Module:
    """A copy of a model. Raises `BringupError` where it cannot be copied."""
    try:
        return copy.deepcopy(model, memo)
    except Exception as error:  # noqa: BLE001 - a model may hold anything: locks, files, tensors of a graph
        said = " ".join(str(error).split())[:200]
        raise BringupError(
            "the model cannot be copied, and your own is not to be trained",
            there=f"{type(error).__name__}: {said}",
            do="use `with bringup.watch(optimizer):` around your loop",
        ) from None


def torch_parts(
    model: Any, *, loss: Any, optimizer: Any, data: Any, validation: Any, steps: int, seed: int, seconds: float | None
) -> TorchParts:
    """The parts, each of them read.

    Raises:
        BringupError: if one of them cannot be trained with; the sentence says which, and what to hand over.
    """
    if next(iter(model.parameters()), None) is None:
        raise BringupError(f"the {type(model).__name__} has no parameters", do="hand over a model that can be trained")
    if any(isinstance(parameter, nn.parameter.UninitializedParameter) for parameter in model.parameters()):
        raise BringupError("some layers of the model have no shape yet", do="call it once on a batch, then hand it over")
    if optimizer is not None and not callable(optimizer) and not isinstance(optimizer, torch.optim.Optimizer):
        raise BringupError("`optimizer` is no optimizer", there=f"it is a {type(optimizer).__name__}", do=OPTIMIZERS)
    feed = Feed.of(model)
    return TorchParts(
        model=model,
        loss=read_loss(loss),
        optimizer=optimizer,
        data=read_batches(data, feed, shuffled=True),
        validation=None if validation is None else read_batches(validation, feed, shuffled=False, name="validation"),
        steps=steps,
        seed=seed,
        seconds=seconds,
    )
