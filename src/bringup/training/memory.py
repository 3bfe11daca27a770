"""Memory: what a network training needs, what there is, and what is scaled back first when it does not fit."""

import math
import os
import sys
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import TypeVar

import torch

from bringup.errors import BringupError
from bringup.training.settings import TrainingSettings

Result = TypeVar("Result")
GROUPS = (  # limit, use, and statistics of a control group: version 2, then 1
    ("memory.max", "memory.current", "memory.stat", "inactive_file"),
    ("memory/memory.limit_in_bytes", "memory/memory.usage_in_bytes", "memory/memory.stat", "total_inactive_file"),
)
# what torch's allocator says on Linux and on Windows, CUDA, and cuBLAS
OUT_OF_MEMORY = ("can't allocate memory", "not enough memory", "out of memory", "cublas_status_alloc_failed")
LEAST_BYTES = 1 << 20


def available_bytes() -> int:
    """Memory that this process may use: what is free on the machine, or what its control group leaves, whichever is less."""
    return int(max(LEAST_BYTES, min(free_bytes(), left_in_group(Path("/sys/fs/cgroup")))))


def free_bytes() -> int:
    """Memory that is free on the machine; half of all where the system does not tell, and 4 GB where it tells nothing."""
    try:
        lines = dict(line.split(":", 1) for line in Path("/proc/meminfo").read_text().splitlines())
        return int(lines["MemAvailable"].split()[0]) * 1024
    except (OSError, KeyError, ValueError):
        try:
            return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2
        except (AttributeError, ValueError, OSError):
            return 4 << 30


def left_in_group(root: Path) -> float:
    """Memory that the control group leaves, infinite where it sets no limit; cached files give way and do not count as used."""
    for limit, used, statistics, cache in GROUPS:
        try:
            most, now = int((root / limit).read_text()), int((root / used).read_text())
            counts = dict(line.split() for line in (root / statistics).read_text().splitlines())
            return most - now + int(counts.get(cache, 0))
        except (OSError, ValueError):  # no such group, or its limit is "max"
            continue
    return math.inf


def peak_bytes() -> int:
    """The most memory that this process ever held; 0 on a system that does not tell (Windows)."""
    try:
        import resource
    except ImportError:
        return 0
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024  # macOS counts bytes, Linux kibibytes


def needed_bytes(*, rows: int, inputs: int, outputs: int, hidden: tuple[int, ...], batch_rows: int) -> int:
    """What the training of a fully-connected network needs.

    The prepared inputs twice (an epoch is shuffled into a copy), weights four times (weights, gradients, two moments of Adam),
    the
    activations of a batch twice (values and gradients). float32 throughout.
    """
    widths = (inputs, *hidden, outputs)
    weights = sum(a * b + b for a, b in pairwise(widths))
    return 4 * (2 * rows * inputs + 4 * weights + 2 * batch_rows * sum(widths))


def is_out_of_memory(error: BaseException) -> bool:
    """Whether an error says that memory ran out (CUDA, the CPU allocator of torch, numpy)."""
    said = str(error).lower()
    return isinstance(error, torch.OutOfMemoryError | MemoryError) or (
        isinstance(error, RuntimeError) and any(sign in said for sign in OUT_OF_MEMORY)
    )


def smaller(settings: TrainingSettings) -> tuple[TrainingSettings, str] | None:
    """The next rung down the ladder and its name, one thing at a time: parts of a batch, bf16, recomputation, then nothing."""
    if settings.accumulate < settings.batch_rows and settings.accumulate < 16:
        parts = min(settings.accumulate * 2, settings.batch_rows)
        what = f"each batch is computed in {parts} parts, the effective batch stays {settings.batch_rows}"
        return settings.model_copy(update={"accumulate": parts}), what
    if settings.precision == "float32":
        return settings.model_copy(update={"precision": "bf16"}), "bfloat16 instead of float32"
    if not settings.recompute:
        return settings.model_copy(update={"recompute": True}), "activations are recomputed instead of kept"
    return None


def scaling_back(
    work: Callable[[TrainingSettings], Result], settings: TrainingSettings
) -> tuple[Result, TrainingSettings, tuple[str, ...]]:
    """Do `work`; where memory runs out, scale back one thing and do it again.

    Returns:
        The result, the settings that fitted, and what was scaled back.

    Raises:
        BringupError: if it does not fit on the last rung either.
    """
    steps: list[str] = []
    while True:
        try:
            return work(settings), settings, tuple(steps)
        except (RuntimeError, MemoryError) as error:
            if not is_out_of_memory(error):
                raise
        if torch.cuda.is_available():
            torch.cuda.empty_cache()
        rung = smaller(settings)
        if rung is None:
            raise BringupError(
                "training does not fit in memory",
                there="scaled back already: " + "; ".join(steps),
                do="use fewer rows (--max-rows) or drop wide columns",
            )
        settings, what = rung
        steps.append(what)
