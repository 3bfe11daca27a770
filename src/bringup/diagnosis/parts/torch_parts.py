"""Model, loss, optimizer and data of torch as a training that can be run again and again."""

import copy
import inspect
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

import torch
import torch.nn.functional as functions

from bringup.errors import BringupError
from bringup.training.settings import LEARNING_RATE

ROWS_A_BATCH = 64
MOST_BATCHES = 10_000  # of data that may have no end


@dataclass(frozen=True, kw_only=True)
class TorchParts:
    """What trains.

    Attributes:
        model: Is copied for each training; the person's own stays as it is.
        loss: (output, target) → a tensor of one number.
        optimizer: One that holds the model's parameters, or a function of parameters that makes one; Adam at 3e-4 by default.
        data: Batches (inputs, target): a data loader, a list, or one pair of whole tensors or arrays [rows, …].
        validation: The same, for rows that are not trained on.
        steps: Optimizer steps of a training.
        seed: Of torch's generators, at the start of each training.
    """

    model: Any
    loss: Any
    optimizer: Any
    data: Any
    validation: Any
    steps: int
    seed: int

    def train(self) -> None:
        """Train a copy, and evaluate it on the rows for validation."""
        with torch.random.fork_rng(devices=range(torch.cuda.device_count())):
            torch.manual_seed(self.seed)
            network, optimizer = self.copies()
            loss = self.loss_function()
            done = 0
            network.train()
            while done < self.steps:
                before = done
                for inputs, target in islice(batches(self.data, seed=self.seed + done), self.steps - done):
                    optimizer.zero_grad()
                    loss(network(*inputs), target).backward()
                    optimizer.step()
                    done += 1
                if done == before:
                    raise BringupError("the data hold no batch", do="hand over batches (inputs, target), or a pair of tensors")
            if self.validation is not None:
                network.eval()
                with torch.no_grad():
                    for inputs, target in batches(self.validation):
                        loss(network(*inputs), target)

    def copies(self) -> tuple[Any, torch.optim.Optimizer]:
        """A copy of the model, and an optimizer that holds the parameters of the copy."""
        if isinstance(self.optimizer, torch.optim.Optimizer):
            network, optimizer = copy.deepcopy((self.model, self.optimizer))
            return network, optimizer
        network = copy.deepcopy(self.model)
        make = self.optimizer or (lambda parameters: torch.optim.Adam(parameters, lr=LEARNING_RATE))
        return network, make(network.parameters())

    def loss_function(self) -> Callable[[Any, Any], Any]:
        """The loss; by the type of the target where none was given."""
        if isinstance(self.loss, str):
            found = getattr(functions, self.loss, None)
            if found is None:
                raise BringupError(f"`{self.loss}` is no function of torch.nn.functional", do="hand over a loss, or its name")
            return found
        if self.loss is not None:
            return self.loss
        _, target = next(batches(self.data))
        return functions.mse_loss if target.is_floating_point() else functions.cross_entropy


def batches(data: Any, *, seed: int | None = None) -> Iterator[tuple[tuple[Any, ...], Any]]:
    """Batches as (inputs, target), on the device that they are on.

    Args:
        seed: For the order of the rows of whole tensors; None keeps them in order.

    Raises:
        BringupError: if a batch is no pair.
    """
    if is_pair(data):
        yield from slices(*data, seed=seed)
        return
    for batch in islice(data, MOST_BATCHES):
        if not isinstance(batch, tuple | list) or len(batch) < 2:
            raise BringupError("a batch must be (inputs, target)", there=f"it is {type(batch).__name__}")
        *inputs, target = batch
        yield tuple(as_tensor(value) for value in inputs), as_tensor(target)


def is_pair(data: Any) -> bool:
    """Whether data are one pair of whole tensors or arrays."""
    return isinstance(data, tuple) and len(data) == 2 and all(hasattr(part, "shape") for part in data)


def slices(x: Any, y: Any, *, seed: int | None) -> Iterator[tuple[tuple[Any, ...], Any]]:
    """Batches of whole tensors."""
    inputs, target = as_tensor(x), as_tensor(y)
    if len(inputs) != len(target):
        raise BringupError(f"there are {len(inputs)} rows of inputs and {len(target)} targets")
    order = torch.arange(len(inputs))
    if seed is not None:
        order = torch.randperm(len(inputs), generator=torch.Generator().manual_seed(seed))
    for rows in order.split(ROWS_A_BATCH):
        yield (inputs[rows],), target[rows]


def as_tensor(value: Any) -> Any:
    """Arrays and tables as tensors, of float32 where they are float64; anything else as it is."""
    if isinstance(value, torch.Tensor):
        return value
    values = getattr(value, "to_numpy", None)
    array = values() if callable(values) else value
    if not hasattr(array, "dtype"):
        return array
    tensor = torch.as_tensor(array)
    return tensor.float() if tensor.dtype == torch.float64 else tensor


def is_iterable_of_batches(data: Any) -> bool:
    """Whether data can be gone through more than once."""
    return isinstance(data, Iterable) and not inspect.isgenerator(data)
