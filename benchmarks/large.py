"""A CSV of ten million rows and twenty columns: how long profile, plan and the simplified steps take, and how much memory.

python benchmarks/large.py [--rows 10000000] [--folder DIR]
"""

import argparse
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import polars as pl

from measure import Measured, bringup

CHUNK = 500_000  # rows made and written at a time: the writer must not need more memory than what it measures
LIMIT_SECONDS, LIMIT_BYTES = 120, 2 * 1024**3  # for ten million rows on two cores
CITIES = [f"city {number}" for number in range(40)]
GRADES = ["low", "middle", "high", ""]


def chunk(rows: int, *, start: int, random: np.random.Generator) -> pl.DataFrame:
    """Twenty columns of mixed types; the target follows a planted rule of two numbers and a category, with noise."""
    numbers = random.normal(size=(rows, 10)).astype(np.float32).round(4)
    whole = random.integers(0, 1000, size=(rows, 4))
    city, grade = random.integers(0, len(CITIES), rows), random.integers(0, len(GRADES), rows)
    chance = 1 / (1 + np.exp(-(2 * numbers[:, 0] - numbers[:, 1] + (grade == 2))))
    days = random.integers(0, 3650, rows, dtype=np.int32)
    return pl.DataFrame(
        {
            "id": np.arange(start, start + rows),
            **{f"number_{i}": numbers[:, i] for i in range(10)},
            **{f"count_{i}": whole[:, i] for i in range(4)},
            "city": pl.Series(CITIES).gather(city),
            "grade": pl.Series(GRADES).gather(grade),
            "day": pl.Series(days, dtype=pl.Int32).cast(pl.Date),
            "flag": random.random(rows) < 0.3,
            "bought": pl.Series(["no", "yes"]).gather((random.random(rows) < chance).astype(np.uint32)),
        }
    )


def write(path: Path, rows: int) -> None:
    """Write the table in pieces."""
    random = np.random.default_rng(0)
    with path.open("wb") as file:
        for start in range(0, rows, CHUNK):
            chunk(min(CHUNK, rows - start), start=start, random=random).write_csv(file, include_header=start == 0)


def line(name: str, done: Measured) -> str:
    """One row of the table."""
    said = "" if done.exit_code in (0, 1) else (done.stderr.strip().splitlines() or ["nothing said"])[-1]
    return f"| {name} | {done.exit_code} | {done.seconds:.1f} | {done.peak_bytes / 1024**3:.2f} | {said} |"


def main() -> int:
    """Print the table; 1 if a command failed or the two are over their limits together."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--folder", type=Path, help="where the file is written; by default the system's temporary folder")
    given = parser.parse_args()
    with TemporaryDirectory(dir=given.folder) as temporary:
        folder = Path(temporary)
        data = folder / "large.csv"
        write(data, given.rows)
        print(f"{given.rows:,} rows, 20 columns, {data.stat().st_size / 1024**3:.2f} GiB\n")
        print("| command | exit | s | GiB | |\n| --- | --- | --- | --- | --- |")
        plan = bringup("plan", str(data), "--target", "bought", folder=folder)
        print(line("bringup plan", plan), flush=True)
        until = ("--until", "overfit-one-batch", "--folder", str(folder / "run"), "--quiet")
        run = bringup("run", str(data), "--target", "bought", *until, folder=folder)
        print(line("bringup run --until overfit-one-batch", run))
    failed = any(done.exit_code not in (0, 1) or done.peak_bytes > LIMIT_BYTES for done in (plan, run))
    return 1 if failed or plan.seconds + run.seconds > LIMIT_SECONDS else 0


if __name__ == "__main__":
    raise SystemExit(main())
