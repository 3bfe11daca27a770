"""What watching costs: the same training bare, watched, and under the peers that can be installed, turn by turn in one run.

python benchmarks/watching.py [--launches 4] [--rounds 3] [--peers FOLDER] [--only bringup]

Each way has a process of its own, all on one core and with the same libraries loaded. In a round each begins a fresh training,
and they take turns in a random order, so that a machine that others share slows them down alike: each step is compared with the
same step of the bare training, a moment before or after. Two processes are bare, since each process has its own luck with where
its memory lies: what is added is compared with the mean of both, and the difference between them tells the noise. For the same
reason all are launched anew several times. One peer at a time is beside them: with more, every turn begins with caches that
the others have emptied, which no training does that has its core for itself. The first steps, watched closely, are a turn of
their own and not counted. Run nothing else meanwhile.

Peers are looked for in FOLDER (`pip install --target FOLDER --no-deps torcheck torch-audit cockpit-for-pytorch traincheck`, and
what those import: `backpack-for-pytorch einops unfoldNd json-tricks seaborn matplotlib contourpy cycler fonttools kiwisolver
pyparsing pillow "setuptools<81"`, `astor numba llvmlite pandas pyyaml orjson watchdog`); those that are not there, or do not
run, are named with the reason.
"""

import argparse
import importlib
import io
import os
import random
import statistics
import sys
import tempfile
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
SLOW = 20.0  # seconds of a round from which on a way is not measured again in a launch


@dataclass(frozen=True)
class Size:
    """A training: how wide, how many rows a batch, how many steps, how many of them a turn."""

    name: str
    width: int
    rows: int
    steps: int
    turn: int


SIZES = (
    Size("tiny: 3 layers of 32, batch 32", 32, 32, 420, 20),
    Size("small: 3 layers of 512, batch 128", 512, 128, 220, 10),
    Size("middle: 3 layers of 1024, batch 256", 1024, 256, 120, 5),
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
        self.around: Callable[..., Any] | None = None  # a context that a peer needs around loss and backward
        self.before: Callable[[], None] | None = None  # what a peer wants to be told when a step begins

    def step(self, number: int) -> None:
        """One step."""
        start = number % 8 * self.rows
        if self.before is not None:
            self.before()
        self.optimizer.zero_grad()
        target = self.y_N[start : start + self.rows]
        prediction = self.network(self.x_ND[start : start + self.rows])
        loss = self.loss(prediction, target)
        if self.around is None:
            loss.backward()
        else:
            with self.around(number, nn.functional.cross_entropy(prediction, target, reduction="none"), loss):
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

    def around(number: int, losses: torch.Tensor, loss: torch.Tensor) -> Any:
        info = {"batch_size": training.rows, "individual_losses": losses, "loss": loss, "optimizer": training.optimizer}
        return instrument(number, info=info)

    training.around = around
    yield


@contextmanager
def traincheck(training: Training) -> Iterator[None]:
    """What its collector writes into a program, without the tracking of variables, which costs more still."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["TRAINCHECK_OUTPUT_DIR"] = folder
        control = importlib.import_module("traincheck.instrumentor.control")
        if not hasattr(traincheck, "instrumented"):  # once a process: it cannot be taken back
            tracer = importlib.import_module("traincheck.instrumentor.tracer")
            tracer.Instrumentor(
                torch, scan_proxy_in_args=False, use_full_instr=False, funcs_to_instr=None, API_dump_stack_trace=False
            ).instrument()
            traincheck.instrumented = True
        training.before = control.start_step
        yield


WAYS: dict[str, Callable[[Training], Any]] = {
    "bare": bare,
    "bare again": bare,
    "bringup": watched,
    "torcheck": torcheck,
    "torch-audit, every step": torch_audit,
    "torch-audit, every 100": torch_audit_rarely,
    "cockpit, economy": cockpit,
    "traincheck, traces": traincheck,
}
OURS = ("bare", "bare again", "bringup")


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
                if not connection.recv():
                    break
                connection.send(training.seconds(turn))


@dataclass
class Round:
    """One round: for each way, seconds of each step after the first ones."""

    steps: dict[str, list[float]]

    def mean(self, name: str, steps: int | None = None) -> float:
        """Seconds a step."""
        return statistics.fmean(self.steps[name][:steps])

    def bare(self, steps: int | None = None) -> float:
        """Of both bare processes."""
        return (self.mean("bare", steps) + self.mean("bare again", steps)) / 2

    def added(self, name: str) -> float:
        """Seconds that a way adds to a step; of the second bare process, how much slower it was than the first."""
        return self.mean(name) - (self.mean("bare") if name == "bare again" else self.bare(len(self.steps[name])))


def compare(size: Size, launches: int, rounds: int, peers: Path, names: list[str]) -> list[Round]:
    """The rounds of all launches, with one peer at a time; a peer that does not run, or is very slow, is tried once."""
    found: list[Round] = []
    groups = [[*(name for name in names if name in OURS), peer] for peer in names if peer not in OURS] or [names]
    for launch in range(launches):
        for group in list(groups):
            with processes(size, peers, group) as ways:
                found += compared(size, rounds, ways, random.Random(launch))
            if len(ways) < len(group) or len(found[-1].steps) < len(ways):
                groups.remove(group)
    return found


@contextmanager
def processes(size: Size, peers: Path, names: list[str]) -> Iterator[dict[str, Any]]:
    """A process for each way, and the connection to it; those that do not run are left out, with the reason told."""
    context = get_context("spawn")
    ways: dict[str, Any] = {}
    for name in names:
        ways[name], theirs = context.Pipe()
        context.Process(target=work, args=(theirs, name, size, peers), daemon=True).start()
    for name in names:
        reason = ways[name].recv()
        if reason is not None:
            del ways[name]
            print(f"not measured: {name}: {reason}")
    try:
        yield ways
    finally:
        for connection in ways.values():
            connection.send(False)


def compared(size: Size, rounds: int, ways: dict[str, Any], order: random.Random) -> Iterator[Round]:
    """Rounds of one launch; a way that is very slow is in the first alone, and not to its end."""
    slow: set[str] = set()
    for _ in range(rounds):
        present = {name: connection for name, connection in ways.items() if name not in slow}
        told(present, True)
        steps: dict[str, list[float]] = {name: [] for name in present}
        for _ in range(0, size.steps, size.turn):
            going = [name for name in present if name not in slow]
            for name in order.sample(going, len(going)):
                present[name].send(True)
                steps[name] += present[name].recv()
                if sum(steps[name]) > SLOW and len(steps[name]) > SKIPPED and name not in OURS:
                    slow.add(name)
                    present[name].send(False)
        yield Round({name: taken[SKIPPED:] for name, taken in steps.items()})


def told(ways: dict[str, Any], what: object) -> None:
    """Tell all something, one after the other, and wait until it is done."""
    for connection in ways.values():
        connection.send(what)
        connection.recv()


def main() -> int:
    """Print the tables; 1 if watching costs more than it may."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--launches", type=int, default=4, help="of each peer")
    parser.add_argument("--rounds", type=int, default=3, help="of each launch")
    parser.add_argument("--peers", type=Path, default=PEERS)
    parser.add_argument("--only", nargs="+", choices=list(WAYS)[2:])
    parser.add_argument("--sizes", nargs="+", choices=[size.name.split(":")[0] for size in SIZES])
    options = parser.parse_args()
    names = [name for name in WAYS if name.startswith("bare") or options.only is None or name in options.only]
    too_much = False
    for size in SIZES:
        if options.sizes and size.name.split(":")[0] not in options.sizes:
            continue
        found = compare(size, options.launches, options.rounds, options.peers, names)
        base = statistics.median(each.bare() for each in found)
        print(f"\n{size.name}: {1e3 * base:.2f} ms a step\n")
        print("| | added µs a step | quartiles over rounds | rounds | of the step |\n| --- | ---: | ---: | ---: | ---: |")
        for name in names[1:]:
            added = [each.added(name) for each in found if name in each.steps]
            if not added:
                continue  # the reason has been told
            low, middle, high = (value / MICROSECOND for value in quartiles(added))
            share = 100 * middle * MICROSECOND / base
            print(f"| {name} | {middle:.0f} | {low:.0f}…{high:.0f} | {len(added)} | {share:+.1f} % |", flush=True)
            if name == "bringup":
                too_much |= middle * MICROSECOND > 0.03 * base if base >= 5e-3 else middle > 60
    return int(too_much)


def quartiles(values: list[float]) -> list[float]:
    """Lower quartile, median, upper quartile, of one value too."""
    return statistics.quantiles(values, n=4) if len(values) > 1 else values * 3


if __name__ == "__main__":
    raise SystemExit(main())
