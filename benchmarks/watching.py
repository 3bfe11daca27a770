"""What watching costs: the same training bare, watched, and under the peers that can be installed, turn by turn in one run.

python benchmarks/watching.py [--launches 5] [--rounds 4] [--peers FOLDER] [--only bringup]

Each way has a process of its own, all on one core and with the same libraries loaded. In a round each begins a fresh training,
and they take turns of a few steps in a random order, so that a machine that others share slows them down alike: each step is
compared with the same step of the bare training, a moment before or after. The processes are launched anew several times, since
each has its own luck with where its memory lies. A second bare process tells the noise. The first steps are not counted. Run
nothing else meanwhile. Peers are looked for in FOLDER (`pip install --target FOLDER --no-deps torcheck torch-audit
cockpit-for-pytorch backpack-for-pytorch einops unfoldNd json-tricks seaborn`); those that are not there, or do not run, are
named with the reason.
"""

import argparse
import importlib
import io
import os
import random
import statistics
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass
from multiprocessing import get_context
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
    """A training: how wide, how many rows a batch, how many steps, how many of them a turn."""

    name: str
    width: int
    rows: int
    steps: int
    turn: int


SIZES = (
    Size("tiny: 3 layers of 32, batch 32", 32, 32, 420, 6),
    Size("small: 3 layers of 512, batch 128", 512, 128, 220, 4),
    Size("middle: 3 layers of 1024, batch 256", 1024, 256, 120, 2),
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

    def seconds(self, numbers: range) -> list[float]:
        """The times of some steps, in seconds."""
        taken = []
        for number in numbers:
            start = time.perf_counter()
            self.step(number)
            taken.append(time.perf_counter() - start)
        return taken


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


def work(connection: Any, name: str, size: Size, peers: Path) -> None:
    """Train one way whenever it is told to: whole trainings, turn by turn."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    torch.set_num_threads(1)
    warnings.simplefilter("ignore")
    sys.path.append(str(peers))
    way, turns = WAYS[name], [range(start, min(start + size.turn, size.steps)) for start in range(0, size.steps, size.turn)]
    try:
        with redirect_stdout(io.StringIO()):
            with watched(first := Training(size)):  # what it loads at its end slows whatever follows, so all load it
                first.seconds(range(SKIPPED))
            with way(first := Training(size)):
                first.seconds(range(SKIPPED))
    except Exception as error:  # noqa: BLE001 - whatever keeps a peer from running is told
        connection.send(f"{type(error).__name__}: {error}".splitlines()[0][:100])
        return
    connection.send(None)
    while connection.recv():
        with redirect_stdout(io.StringIO()), way(training := Training(size)):
            connection.send(None)
            for turn in turns:
                connection.recv()
                connection.send(training.seconds(turn))


def compare(size: Size, launches: int, rounds: int, peers: Path, names: list[str]) -> dict[str, list[list[float]]]:
    """For each way, and in each round of each launch, seconds of each step after the first ones."""
    found: dict[str, list[list[float]]] = {}
    for launch in range(launches):
        for name, taken in compared(size, rounds, peers, names, random.Random(launch)).items():
            found.setdefault(name, []).extend(taken)
    return found


def compared(size: Size, rounds: int, peers: Path, names: list[str], order: random.Random) -> dict[str, list[list[float]]]:
    """The same of one launch."""
    context = get_context("spawn")
    ways: dict[str, Any] = {}
    for name in tuple(names):
        ours, theirs = context.Pipe()
        context.Process(target=work, args=(theirs, name, size, peers), daemon=True).start()
        reason = ours.recv()
        if reason is None:
            ways[name] = ours
        else:
            names.remove(name)  # nor in the next launch
            print(f"not measured: {name}: {reason}")
    found: dict[str, list[list[float]]] = {name: [] for name in ways}
    for number in range(rounds):
        told(ways, True)
        for taken in found.values():
            taken.append([])
        for _ in range(0, size.steps, size.turn):
            for name in order.sample(list(ways), len(ways)):
                ways[name].send(number)
                found[name][-1] += ways[name].recv()
    for connection in ways.values():
        connection.send(False)
    return {name: [taken[SKIPPED:] for taken in rounds] for name, rounds in found.items()}


def told(ways: dict[str, Any], what: object) -> None:
    """Tell all something, one after the other, and wait until it is done."""
    for connection in ways.values():
        connection.send(what)
        connection.recv()


def main() -> int:
    """Print the tables; 1 if watching costs more than it may."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--launches", type=int, default=5)
    parser.add_argument("--rounds", type=int, default=4, help="of each launch")
    parser.add_argument("--peers", type=Path, default=PEERS)
    parser.add_argument("--only", choices=list(WAYS)[2:])
    parser.add_argument("--sizes", nargs="+", choices=[size.name.split(":")[0] for size in SIZES])
    options = parser.parse_args()
    names = [name for name in WAYS if name.startswith("bare") or options.only in (None, name)]
    too_much = False
    for size in SIZES:
        if options.sizes and size.name.split(":")[0] not in options.sizes:
            continue
        found = compare(size, options.launches, options.rounds, options.peers, names)
        bare = found.pop("bare")
        base = statistics.median(map(statistics.fmean, bare))
        print(f"\n{size.name}: {1e3 * base:.2f} ms a step, {options.launches} launches of {options.rounds} rounds\n")
        print("| | added µs a step | quartiles over rounds | of the step |\n| --- | ---: | ---: | ---: |")
        for name, rounds in found.items():
            added = [statistics.fmean(taken) - statistics.fmean(alone) for taken, alone in zip(rounds, bare, strict=True)]
            low, middle, high = (value / MICROSECOND for value in statistics.quantiles(added, n=4))
            print(f"| {name} | {middle:.0f} | {low:.0f}…{high:.0f} | {100 * middle * MICROSECOND / base:+.1f} % |")
            if name == "bringup":
                too_much |= middle * MICROSECOND > 0.03 * base if base >= 5e-3 else middle > 60
    return int(too_much)


if __name__ == "__main__":
    raise SystemExit(main())
