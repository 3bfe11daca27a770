"""What torch's own ways of seeing a training cost a step: the reasons for decision 0006.

python benchmarks/hooks.py [--blocks 15]

Blocks of one round run back to back in a random order; each is compared with the bare block of its round. Run nothing else.
"""

import argparse
import random
import statistics
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import nn
from torch.nn.modules.module import register_module_forward_hook, register_module_forward_pre_hook
from torch.overrides import TorchFunctionMode
from torch.utils._python_dispatch import TorchDispatchMode

from bringup.capture.torch.graph import read_graph
from watching import SIZES, Training, bare


@contextmanager
def call(training: Training) -> Iterator[None]:
    """The call of modules replaced by one that only passes it on."""
    del training
    original = nn.Module.__call__

    def passed_on(module: Any, *args: Any, **kwargs: Any) -> Any:
        return original(module, *args, **kwargs)

    nn.Module.__call__ = passed_on  # type: ignore[method-assign]
    try:
        yield
    finally:
        nn.Module.__call__ = original  # type: ignore[method-assign]


@contextmanager
def global_hooks(training: Training) -> Iterator[None]:
    """Global forward hooks that do nothing."""
    del training
    handles = [register_module_forward_pre_hook(lambda *_: None), register_module_forward_hook(lambda *_: None)]
    yield
    for handle in handles:
        handle.remove()


@contextmanager
def graph(training: Training) -> Iterator[None]:
    """The graph of the loss read at every step."""
    original = torch.autograd.backward

    def backward(tensors: Any, *args: Any, **kwargs: Any) -> None:
        read_graph(tensors.grad_fn)
        original(tensors, *args, **kwargs)

    del training
    torch.autograd.backward = backward  # type: ignore[assignment]
    try:
        yield
    finally:
        torch.autograd.backward = original


class Functions(TorchFunctionMode):
    """Sees every torch function, and does nothing."""

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        """Pass the call on."""
        return func(*args, **(kwargs or {}))


class Operations(TorchDispatchMode):
    """Sees every operation, and does nothing."""

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        """Pass the call on."""
        return func(*args, **(kwargs or {}))


@contextmanager
def functions(training: Training) -> Iterator[None]:
    """A function mode."""
    del training
    with Functions():
        yield


@contextmanager
def operations(training: Training) -> Iterator[None]:
    """A dispatch mode."""
    del training
    with Operations():
        yield


@contextmanager
def anomalies(training: Training) -> Iterator[None]:
    """Anomaly detection."""
    del training
    with torch.autograd.detect_anomaly(check_nan=True):
        yield


WAYS: dict[str, Callable[[Training], Any]] = {
    "bare": bare,
    "bare again": bare,
    "module call replaced": call,
    "global forward hooks": global_hooks,
    "graph read": graph,
    "function mode": functions,
    "anomaly detection": anomalies,
    "dispatch mode": operations,
}


def main() -> None:
    """Print the table."""
    import warnings

    warnings.simplefilter("ignore")
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--blocks", type=int, default=15)
    torch.set_num_threads(1)
    order, size = random.Random(0), SIZES[0]
    added: dict[str, list[float]] = {name: [] for name in WAYS}
    base = []
    for _ in range(parser.parse_args().blocks):
        taken = {}
        for name in order.sample(list(WAYS), len(WAYS)):
            training = Training(size)
            with WAYS[name](training):
                taken[name] = training.seconds(size.steps)
        base.append(taken["bare"])
        for name, seconds in taken.items():
            added[name].append(1e6 * (seconds - taken["bare"]))
    print(f"{size.name}: {1e3 * statistics.median(base):.2f} ms a step\n\n| way | added µs a step |\n| --- | ---: |")
    for name in list(WAYS)[1:]:
        print(f"| {name} | {statistics.median(added[name]):.0f} |")


if __name__ == "__main__":
    main()
