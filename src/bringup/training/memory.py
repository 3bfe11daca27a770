"""Memory: what a network training needs, what there is, and what is scaled back first when it does not fit."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import torch

from bringup.errors import BringupError
from bringup.training.settings import TrainingSettings

Result = TypeVar("Result")


def available_bytes() -> int:
    """Memory that this process may use: what is free on the machine, or what its control group leaves, whichever is less."""
    try:
        lines = dict(line.split(":", 1) for line in Path("/proc/meminfo").read_text().splitlines())
        free = int(lines["MemAvailable"].split()[0]) * 1024
    except (OSError, KeyError, ValueError):
        try:
            free = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2
        except (AttributeError, ValueError, OSError):
            return 4 << 30  # a system that does not tell: assume a small laptop
    try:
        limit = Path("/sys/fs/cgroup/memory.max").read_text().strip()
        used = int(Path("/sys/fs/cgroup/memory.current").read_text())
        return min(free, int(limit) - used) if limit != "max" else free
    except (OSError, ValueError):
        return free


def needed_bytes(*, rows: int, inputs: int, outputs: int, hidden: tuple[int, ...], batch_rows: int) -> int:
    """What the training of a fully-connected network needs.

    The prepared inputs twice (an epoch is shuffled into a copy), weights four times (weights, gradients, two moments of Adam), the activations of
    a batch twice (values and gradients). float32 throughout.
    """
    widths = (inputs, *hidden, outputs)
    weights = sum(a * b + b for a, b in zip(widths, widths[1:], strict=False))
    return 4 * (2 * rows * inputs + 4 * weights + 2 * batch_rows * sum(widths))


def is_out_of_memory(error: BaseException) -> bool:
    """Whether an error says that memory ran out (CUDA, the CPU allocator of torch, numpy)."""
    return isinstance(error, torch.OutOfMemoryError | MemoryError) or (
        isinstance(error, RuntimeError) and "not enough memory" in str(error)
    )


def smaller(settings: TrainingSettings) -> tuple[TrainingSettings, str] | None:
    """The next rung down the ladder, one thing at a time, and its name: parts of a batch, bf16, recomputation. None below the last."""
    if settings.accumulate < settings.batch_rows and settings.accumulate < 16:
        parts = settings.accumulate * 2
        return settings.model_copy(
            update={"accumulate": parts}
        ), f"each batch is computed in {parts} parts, the effective batch stays {settings.batch_rows}"
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
