"""Whether a correct program is suspected under another seed: each is checked again and again, with other seeds written into it.

python benchmarks/seeds.py [FOLDER …] [--seeds 20] [--first 1] [--jobs 2] [--only GLOB] [--framework torch]

What is run is `bringup check train.py --budget 0` (probes raise no findings) on the correct program of each case.
Libraries are imported once and every process is forked from that one, since most of the time of a check is spent on imports.
"""

import multiprocessing
import os
import random
import re
import signal
import sys
import time
import traceback
from importlib import import_module
from multiprocessing import get_context
from pathlib import Path
from typing import Any, NamedTuple

from programs import LOUD, cases, laid_out, parser_of, share

SEED = re.compile(r"((?:manual_seed|set_random_seed|default_rng|RandomState|random\.seed|random_state=)\(?)(\d+)")
LIMIT_SECONDS = 400.0
TICK_SECONDS = 0.02
OURS = ("bringup.capture.process.child", "bringup.diagnosis.script")
LIBRARIES = ("torch", "pandas", "scipy.stats", "sklearn.datasets", "sklearn.model_selection", "sklearn.preprocessing")


class Work(NamedTuple):
    """One check: a case, and what is added to the seeds of its program."""

    case: Path
    seed: int


def warm(framework: str) -> None:
    """Import what programs and checks need. Nothing is computed: a process that has used threads cannot be forked safely."""
    os.environ |= {"KERAS_BACKEND": "torch", "OMP_NUM_THREADS": "1", "NO_COLOR": "1"}
    for name in (*LIBRARIES, *OURS, *(("keras",) if framework == "keras" else ())):
        import_module(name)
    import torch

    from bringup.capture.process import script

    torch.set_num_threads(1)
    script.watch = watch_forked


def check(work: Work) -> tuple[str, str]:
    """Check a program in this process; return the verdict, and the findings that are loud."""
    from bringup.diagnosis.script import check_script

    program = work.case / "fixed.py"
    text = SEED.sub(lambda found: found[1] + str(int(found[2]) + work.seed), program.read_text())
    with laid_out(program, text) as folder:
        os.chdir(folder)
        found = check_script("train.py", budget=0)
        os.chdir("/")
    said = (f"{f.code}:{f.where.line if f.where else '-'}" for f in found.findings if f.severity in LOUD)
    return found.verdict.status, ",".join(said)


def watch_forked(command: list[str], output: Any, seconds: float | None, on_output: Any, **options: Any) -> tuple[int, None]:
    """Stand in for the function that runs the watched process: fork it, where the product starts an interpreter."""
    del output, on_output, options
    process = os.fork()
    if not process:
        status = 1
        try:
            os.setpgid(0, 0)
            nothing = os.open(os.devnull, os.O_RDWR)
            for stream in range(3):
                os.dup2(nothing, stream)
            status = run_watched(command[-1])
        finally:
            os._exit(status)
    until = time.monotonic() + min(seconds or LIMIT_SECONDS, LIMIT_SECONDS)
    while True:
        done, state = os.waitpid(process, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(state), None
        if time.monotonic() > until:
            os.kill(process, signal.SIGKILL)
        time.sleep(TICK_SECONDS)


def run_watched(folder: str) -> int:
    """Be the watched process, as a fresh one would be; the folder says what to run."""
    import numpy as np

    from bringup.capture.process.child import main

    multiprocessing.current_process()._config["daemon"] = False  # type: ignore[attr-defined] # it may have children: workers
    random.seed()
    np.random.seed()  # noqa: NPY002 - a program that seeds nothing differs from run to run
    sys.argv = ["-c", folder]
    sys.path.insert(0, "")
    try:
        main()
    except SystemExit as leaving:
        return leaving.code if isinstance(leaving.code, int) else 0
    return 0


def answer(work: Work) -> tuple[Work, str, str]:
    """Check a program; what goes wrong is an answer too."""
    try:
        return work, *check(work)
    except Exception:  # noqa: BLE001 - told, and counted as an alarm
        return work, "error", traceback.format_exc(limit=-1).strip().splitlines()[-1]


def run(framework: str, work: list[Work], jobs: int) -> int:
    """Check programs of one framework in a process that has imported it; return how many were suspected."""
    warm(framework)
    alarms = 0
    with get_context("fork").Pool(jobs, maxtasksperchild=1) as pool:
        for entry, status, said in pool.imap_unordered(answer, work):
            alarms += status != "healthy"
            print(
                f"{entry.case.name:28} seed +{entry.seed:<3} {'' if status == 'healthy' else f'ALARM {status} {said}'}",
                flush=True,
            )
    print(f"{framework}: alarms {share(alarms, len(work))}", flush=True)
    return alarms


def run_and_exit(framework: str, work: list[Work], jobs: int) -> None:
    """End this process with 1 if any was suspected."""
    sys.exit(run(framework, work, jobs) > 0)


def main() -> int:
    """Print a line a check, and the sums; 1 if a correct program was suspected."""
    parser = parser_of(__doc__)
    parser.add_argument("--first", type=int, default=1)
    parser.add_argument("--seeds", type=int, default=20)
    options = parser.parse_args()
    failed = 0
    for framework in ("torch", "keras") if options.framework is None else (options.framework,):
        found = list(cases([folder.absolute() for folder in options.folders], options.only, framework))
        work = [Work(case, seed) for seed in range(options.first, options.first + options.seeds) for case in found]
        if not work:
            continue
        process = get_context("fork").Process(target=run_and_exit, args=(framework, work, options.jobs))
        process.start()
        process.join()
        failed |= process.exitcode or 0
    return failed


if __name__ == "__main__":
    raise SystemExit(main())
