"""How many faulty programs `bringup check` finds, and how many correct ones it suspects.

python benchmarks/programs.py [FOLDER …] [--only GLOB] [--framework torch] [--jobs 2]

A case is a folder with `train.py` (faulty), `fixed.py` (repaired) and `case.toml` (the truth); without `train.py` it is correct
but unusual. Every program is checked under the name train.py, in a folder of its own, so that no name tells what it is.
`seeds.py` checks the correct ones again under other seeds.
"""

import argparse
import fnmatch
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

PROGRAMS = Path(__file__).resolve().parent.parent / "tests" / "programs"
OWN = [PROGRAMS / name for name in ("faults", "held_out", "unseen", "further")]
LOUD = ("error", "warning")
LIMIT_SECONDS = 180


@dataclass(frozen=True)
class Answer:
    """What a check said of one program."""

    findings: tuple[dict[str, Any], ...] = ()
    status: str = "no answer"
    seconds: float = 0.0
    script_seconds: float = 0.0


@dataclass(frozen=True)
class Row:
    """One case: the truth, and the answers on the faulty program and on its repaired twin."""

    name: str
    truth: dict[str, Any]
    faulty: Answer | None
    fixed: Answer | None
    right: tuple[dict[str, Any], ...] = field(default=())

    @property
    def localised(self) -> bool:
        """Whether a right finding names an accepted line, give or take one."""
        return any(abs((finding["where"] or {}).get("line", -9) - line) <= 1 for finding in self.right for line in self.lines)

    @property
    def lines(self) -> list[int]:
        """The accepted lines."""
        return list(self.truth.get("lines", []))

    @property
    def alarm(self) -> bool:
        """Whether the correct program was suspected."""
        return self.fixed is not None and self.fixed.status != "healthy"


@contextmanager
def laid_out(program: Path, text: str | None = None) -> Iterator[Path]:
    """A folder with the program, or another text in its place, as train.py, and with what it needs; the truth is not in it."""
    with tempfile.TemporaryDirectory() as bare:
        folder = Path(bare) / "program"
        hidden = shutil.ignore_patterns("train.py", "fixed.py", "case.toml", "__pycache__")
        shutil.copytree(program.parent, folder, ignore=hidden)
        (folder / "train.py").write_text(program.read_text() if text is None else text)
        yield folder


def check(program: Path) -> Answer:
    """Check one program."""
    with laid_out(program) as folder:
        command = [str(Path(sys.executable).with_name("bringup")), "check", "train.py", "--format", "json"]
        environment = {**os.environ, "KERAS_BACKEND": "torch", "OMP_NUM_THREADS": "1", "NO_COLOR": "1"}
        start = time.perf_counter()
        try:
            done = subprocess.run(
                command,
                cwd=folder,
                env=environment,
                capture_output=True,
                text=True,
                timeout=LIMIT_SECONDS,
                stdin=subprocess.DEVNULL,
                check=False,
            )
            report = json.loads(done.stdout)
        except (subprocess.TimeoutExpired, ValueError):
            return Answer(seconds=time.perf_counter() - start)
    loud = tuple(finding for finding in report["findings"] if finding["severity"] in LOUD)
    return Answer(loud, report["verdict"]["status"], time.perf_counter() - start, report["timing"]["script_s"])


def judge(case: Path) -> Row:
    """Check both programs of a case."""
    truth = tomllib.loads((case / "case.toml").read_text())
    faulty, fixed = case / "train.py", case / "fixed.py"
    answer = check(faulty) if faulty.exists() else None
    right = tuple(finding for finding in answer.findings if finding["family"] in truth["families"]) if answer else ()
    return Row(case.name, truth, answer, check(fixed) if fixed.exists() else None, right)


def cases(folders: Sequence[Path], only: str, framework: str | None) -> Iterator[Path]:
    """The folders of the cases that are asked for."""
    for case in sorted(path.parent for folder in folders for path in folder.glob("*/case.toml")):
        wanted = framework in (None, tomllib.loads((case / "case.toml").read_text())["framework"])
        if wanted and fnmatch.fnmatch(case.name, only):
            yield case


def line(row: Row) -> str:
    """One case in one line."""
    said = ",".join(finding["code"] for finding in row.faulty.findings) if row.faulty else ""
    mark = "" if row.faulty is None else "found" if row.right else "MISSED"
    place = "" if not row.right or not row.lines else "line" if row.localised else "other line"
    alarm = f"ALARM {row.fixed.status} {','.join(f['code'] for f in row.fixed.findings)}" if row.fixed and row.alarm else ""
    family = (row.truth.get("families") or ["healthy"])[0]
    return f"{row.name:28} {family:15} {mark:6} {place:10} {said} {alarm}"


def share(part: int, whole: int) -> str:
    """A share, as a count and in percent."""
    return f"{part}/{whole} ({100 * part / whole:.0f} %)" if whole else "-"


def parser_of(documentation: str) -> argparse.ArgumentParser:
    """The options that tell which cases are asked for."""
    parser = argparse.ArgumentParser(description=documentation.splitlines()[0])
    parser.add_argument("folders", type=Path, nargs="*", default=OWN)
    parser.add_argument("--only", default="*")
    parser.add_argument("--framework", choices=["torch", "keras"])
    parser.add_argument("--jobs", type=int, default=2)
    return parser


def main() -> int:
    """Print a line a case, and the sums; 1 if a correct program was suspected."""
    options = parser_of(__doc__).parse_args()
    rows = []
    with ThreadPoolExecutor(options.jobs) as pool:
        for row in pool.map(judge, cases(options.folders, options.only, options.framework)):
            rows.append(row)
            print(line(row), flush=True)
    faulty = [row for row in rows if row.faulty is not None]
    found = [row for row in faulty if row.right]
    placed = [row for row in found if row.lines]
    alarms = sum(row.alarm for row in rows)
    extra = sum(len({f["code"] for f in row.faulty.findings} - {f["code"] for f in row.right}) for row in faulty if row.faulty)
    slower = [row.faulty.seconds - row.faulty.script_seconds for row in faulty if row.faulty]
    print(
        f"detected {share(len(found), len(faulty))} · localised {share(sum(r.localised for r in placed), len(placed))} · "
        f"alarms {share(alarms, sum(row.fixed is not None for row in rows))} · "
        f"extra {extra / max(len(faulty), 1):.2f} a case · beside the script {statistics.median(slower or [0]):.1f} s"
    )
    return int(alarms > 0)


if __name__ == "__main__":
    raise SystemExit(main())
