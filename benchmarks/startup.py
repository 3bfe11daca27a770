"""How long `bringup --help` and `import bringup` take, in times of starting Python: a ratio travels between machines.

python benchmarks/startup.py
"""

import statistics
import sys
from pathlib import Path

from measure import measure

COMMANDS = {
    "python -c pass": ["-c", "pass"],
    "import bringup": ["-c", "import bringup"],
    "bringup --help": ["-c", "from bringup.cli import main; main()", "--help"],
}
LIMIT_SECONDS = 0.2  # of `bringup --help`


def seconds(arguments: list[str], *, times: int = 10) -> float:
    """The median wall clock of a few starts, after one that warms the file cache.

    Raises:
        RuntimeError: The command failed.
    """
    taken = []
    for _ in range(times + 1):
        done = measure([sys.executable, *arguments], folder=Path(sys.prefix))
        if done.exit_code:
            raise RuntimeError(f"{' '.join(arguments)}: exit code {done.exit_code}, {done.stderr.strip()[-200:]}")
        taken.append(done.seconds)
    return statistics.median(taken[1:])


def main() -> int:
    """Print the table; 1 if `bringup --help` is over its limit."""
    found = {name: seconds(arguments) for name, arguments in COMMANDS.items()}
    python = found["python -c pass"]
    print("| command | s | of python |\n| --- | --- | --- |")
    for name, taken in found.items():
        print(f"| {name} | {taken:.3f} | {taken / python:.1f} |")
    return 0 if found["bringup --help"] <= LIMIT_SECONDS else 1


if __name__ == "__main__":
    raise SystemExit(main())
