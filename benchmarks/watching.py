"""What watching costs: the same training bare, watched, and under the peers that can be installed, block by block in one run.

python benchmarks/watching.py [--blocks 15] [--peers FOLDER]

A block is a fresh model trained for some steps; its first steps are not counted. Blocks of one round run back to back in a
random order, and each is compared with the bare block of its round; two bare blocks a round tell the noise. Run nothing else
meanwhile. On a machine that others share, whole blocks are slowed down now and then: the last column compares means over the
steps of which each is taken from the round in which it was fastest, which a disturbance must hit in every round to change. That
column decides. Peers are looked for in FOLDER (`pip install --target FOLDER --no-deps torcheck torch-audit cockpit-for-pytorch
backpack-for-pytorch einops unfoldNd json-tricks seaborn`); those that are not there, or do not run, are named with the reason.
"""

import argparse
import importlib
import io
import random
import statistics
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import nn

from bringup.capture.watching import Watching

SKIPPED = 20  # first steps of a block: watched closely, as documented
PEERS = Path(__file__).resolve().parent.parent / ".cache" / "peers"
MICROSECOND = 1e-6


@dataclass(frozen=True)
class Size:
    """A training: how wide, how many rows a batch, how many steps a block."""

    name: str
    width: int
    rows: int
    steps: int


SIZES = (
    Size("tiny: 3 layers of 32, batch 32", 32, 32, 420),
    Size("small: 3 layers of 512, batch 128", 512, 128, 220),
    Size("middle: 3 layers of 1024, batch 256", 1024, 256, 120),
)


class Training:
    """A model, its optimizer and its data, as a person writes them."""

    def __init__(self, size: Size) -> None:
        torch.manual_seed(0)
        self.x_ND, self.y_N = torch.randn(size.rows * 8, 64), torch.randint(0, 10, (size.rows * 8,))
        width = size.width
        self.network = nn.Sequential(nn.Linear(64, width), nn.ReLU(), nn.Linear(width, width), nn.ReLU(), nn.Linear(width, 10))
        self.loss = nn.CrossEntropyLoss()
        self.optimizer = torch.optim.Adam(self.network.parameters(), lr=1e-3)
        self.rows = size.rows
        self.around: Callable[[int], Any] | None = None  # a context that a peer needs around loss and backward

    def step(self, number: int) -> None:
        """One step."""
        start = number % 8 * self.rows
        self.optimizer.zero_grad()
        loss = self.loss(self.network(self.x_ND[start : start + self.rows]), self.y_N[start : start + self.rows])
        if self.around is None:
            loss.backward()
        else:
            with self.around(number):
                loss.backward(create_graph=False)
        self.optimizer.step()

    def seconds(self, steps: int) -> list[float]:
        """The times of the steps after the first ones, in seconds; those that are looked at closely are among them."""
        taken = []
        for number in range(steps):
            start = time.perf_counter()
            self.step(number)
            taken.append(time.perf_counter() - start)
        return taken[SKIPPED:]


@contextmanager
def bare(training: Training) -> Iterator[None]:
    """Nothing switched on."""
    del training
    yield


@contextmanager
def watched(training: Training) -> Iterator[None]:
    """`bringup.watch`, with all its observers."""
    with Watching(optimizers=(training.optimizer,)):
        yield


@contextmanager
def torcheck(training: Training) -> Iterator[None]:
    """Weights must change, nothing may be NaN or infinite."""
    peer = importlib.import_module("torcheck")
    registry = peer.Registry()
    registry.register(training.optimizer)
    registry.add_module(training.network, changing=True, check_nan=True, check_inf=True)
    yield


@contextmanager
def torch_audit(training: Training, every: int = 1) -> Iterator[None]:
    """Its zero-touch mode, every step."""
    peer = importlib.import_module("torch_audit")
    auditor = peer.autopatch(
        training.network, optimizer=training.optimizer, every_n_steps=every, run_static=True, run_init=True
    )
    try:
        yield
    finally:
        auditor.unpatch()


@contextmanager
def torch_audit_rarely(training: Training) -> Iterator[None]:
    """Its zero-touch mode, every hundredth step, as its documentation advises for production."""
    with torch_audit(training, every=100):
        yield


@contextmanager
def cockpit(training: Training) -> Iterator[None]:
    """Its economical configuration."""
    backpack = importlib.import_module("backpack")
    peer, configuration = importlib.import_module("cockpit"), importlib.import_module("cockpit.utils.configuration")
    backpack.extend(training.network)
    training.loss = backpack.extend(nn.CrossEntropyLoss())
    instrument = peer.Cockpit(training.network.parameters(), quantities=configuration.configuration("economy"))

    def around(number: int) -> Any:
        info = {"batch_size": training.rows, "individual_losses": None, "loss": None, "optimizer": training.optimizer}
        return instrument(number, info=info)

    training.around = around
    yield


WAYS: dict[str, Callable[[Training], Any]] = {
    "bare": bare,
    "bare again": bare,
    "bringup": watched,
    "torcheck": torcheck,
    "torch-audit, every step": torch_audit,
    "torch-audit, every 100": torch_audit_rarely,
    "cockpit, economy": cockpit,
}


def block(size: Size, way: Callable[[Training], Any]) -> list[float]:
    """Seconds of each step of one fresh training."""
    training = Training(size)
    with warnings.catch_warnings(), redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        with way(training):
            return training.seconds(size.steps)


def usable(size: Size) -> tuple[dict[str, Callable[[Training], Any]], dict[str, str]]:
    """The ways that run here, and why the others do not."""
    found, reasons = {}, {}
    for name, way in WAYS.items():
        try:
            block(Size(size.name, size.width, size.rows, SKIPPED + 4), way)
            found[name] = way
        except Exception as error:  # noqa: BLE001 - whatever keeps a peer from running is told
            reasons[name] = f"{type(error).__name__}: {error}".splitlines()[0][:100]
    return found, reasons


def compare(size: Size, blocks: int) -> dict[str, list[list[float]]]:
    """For each way, and in each round, seconds of each step."""
    ways, reasons = usable(size)
    for name, reason in reasons.items():
        print(f"not measured: {name}: {reason}")
    order = random.Random(0)
    found: dict[str, list[list[float]]] = {name: [] for name in ways}
    for _ in range(blocks):
        names = list(ways)
        order.shuffle(names)
        for name in names:
            found[name].append(block(size, ways[name]))
    return found


def undisturbed(rounds: list[list[float]]) -> float:
    """The mean over steps, each at its fastest."""
    return statistics.fmean(map(min, zip(*rounds, strict=True)))


def main() -> int:
    """Print the tables; 1 if watching costs more than it may."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--blocks", type=int, default=15)
    parser.add_argument("--peers", type=Path, default=PEERS)
    options = parser.parse_args()
    sys.path.append(str(options.peers))
    torch.set_num_threads(1)
    too_much = False
    for size in SIZES:
        found = compare(size, options.blocks)
        alone = [statistics.fmean(taken) for taken in found["bare"]]
        base, best = statistics.median(alone), undisturbed(found["bare"])
        print(f"\n{size.name}: {1e3 * base:.2f} ms a step, undisturbed {1e3 * best:.2f}, {options.blocks} rounds\n")
        print("| | added µs a step | quartiles | of the step | undisturbed µs | of the step |")
        print("| --- | ---: | ---: | ---: | ---: | ---: |")
        for name, rounds in found.items():
            if name == "bare":
                continue
            means = [statistics.fmean(taken) for taken in rounds]
            added = [(mean - bare) / MICROSECOND for mean, bare in zip(means, alone, strict=True)]
            low, middle, high = statistics.quantiles(added, n=4)
            share = statistics.median(mean / bare - 1 for mean, bare in zip(means, alone, strict=True))
            more = undisturbed(rounds) - best
            print(
                f"| {name} | {middle:.0f} | {low:.0f}…{high:.0f} | {100 * share:+.1f} % "
                f"| {more / MICROSECOND:.0f} | {100 * more / best:+.1f} % |"
            )
            if name == "bringup":
                too_much |= more > 0.03 * best if best >= 5e-3 else more > 60 * MICROSECOND
    return int(too_much)


if __name__ == "__main__":
    raise SystemExit(main())
