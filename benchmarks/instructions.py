"""What watching costs in instructions of the processor, which no other load of the machine disturbs; needs valgrind.

python benchmarks/instructions.py [--until 2000]

The training of `watching.py` with tiny steps runs bare and watched, each in a process of its own under valgrind, which counts
from step 20 on; parts of the training are told apart.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

FIRST = 20
WAYS = ("bare", "watched")


def train(way: str, bounds: list[int]) -> None:
    """Train, and write down what was counted whenever a bound is reached."""
    import torch

    import watching

    torch.set_num_threads(1)
    training = watching.Training(watching.SIZES[0])
    with getattr(watching, way)(training):
        for number in range(bounds[-1]):
            if number == bounds[0]:
                control("--instr=on")
            elif number in bounds:
                control("--dump")
            training.step(number)
        control("--dump")


def control(order: str) -> None:
    """Tell valgrind what to do with this process."""
    subprocess.run(["callgrind_control", order, str(os.getpid())], check=True, stdout=subprocess.DEVNULL)


def counted(way: str, bounds: list[int]) -> list[int]:
    """The instructions between any two bounds."""
    with tempfile.TemporaryDirectory() as folder:
        command = ["valgrind", "--tool=callgrind", "--instr-atstart=no", f"--callgrind-out-file={folder}/out"]
        run = [sys.executable, __file__, "--train", way, *map(str, bounds)]
        environment = {**os.environ, "OMP_NUM_THREADS": "1", "ATEN_CPU_CAPABILITY": "avx2"}  # valgrind knows no wider ones
        subprocess.run([*command, *run], check=True, env=environment, stderr=subprocess.DEVNULL)
        files = sorted(Path(folder).glob("out.*"), key=lambda path: int(path.suffix[1:]))
        totals = [re.search(r"^totals: (\d+)", path.read_text(), re.MULTILINE) for path in files]
    return [int(total[1]) for total in totals if total]


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--until", type=int, default=2000)
    parser.add_argument("--train", nargs="+", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.train:
        train(options.train[0], [int(bound) for bound in options.train[1:]])
        return 0
    if shutil.which("callgrind_control") is None:
        print("not measured: valgrind is not installed")
        return 0
    bounds = sorted({bound for bound in (FIRST, 130, 420, 1000, options.until) if bound <= options.until})
    found = {way: counted(way, bounds) for way in WAYS}
    print("| steps | bare, thousands a step | watched | more |\n| --- | ---: | ---: | ---: |")
    parts = [*zip(bounds, bounds[1:], *found.values(), strict=False)]
    for begin, end, bare, watched in (*parts, (bounds[0], bounds[-1], *(sum(found[way]) for way in WAYS))):
        a_step = 1000 * (end - begin)
        print(f"| {begin} to {end} | {bare / a_step:.0f} | {watched / a_step:.0f} | {100 * (watched / bare - 1):.1f} % |")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
