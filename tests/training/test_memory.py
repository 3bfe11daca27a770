"""Memory: what is scaled back, in which order, and what counts as running out."""

import math
from itertools import pairwise

import pytest
import torch

from bringup.errors import BringupError
from bringup.training.memory import available_bytes, is_out_of_memory, left_in_group, needed_bytes, scaling_back, smaller
from bringup.training.settings import TrainingSettings


def fits(room: int):
    """Work that needs less with every rung; `tried` holds what was asked for."""
    tried = []

    def work(settings: TrainingSettings) -> str:
        tried.append(settings)
        if len(tried) <= room:
            raise torch.OutOfMemoryError("CUDA out of memory")
        return "done"

    return work, tried


@pytest.mark.parametrize("room", range(7))
def test_one_thing_at_a_time(room):
    work, tried = fits(room)
    result, settings, steps = scaling_back(work, TrainingSettings(batch_rows=64))
    assert result == "done"
    assert len(steps) == room
    assert settings == tried[-1]
    for before, after in pairwise(tried):
        assert sum(getattr(before, name) != getattr(after, name) for name in TrainingSettings.model_fields) == 1
        assert after.batch_rows == 64
    ladder = [(s.accumulate, s.precision, s.recompute) for s in tried]
    assert (
        ladder
        == [
            (1, "float32", False),
            (2, "float32", False),
            (4, "float32", False),
            (8, "float32", False),
            (16, "float32", False),
            (16, "bf16", False),
            (16, "bf16", True),
        ][: room + 1]
    )


def test_below_the_last_rung_it_says_what_was_tried():
    work, tried = fits(99)
    with pytest.raises(BringupError) as error:
        scaling_back(work, TrainingSettings())
    assert len(tried) == 7
    assert "bfloat16" in error.value.there


def test_other_errors_pass():
    def broken(_):
        raise RuntimeError("shapes do not match")

    with pytest.raises(RuntimeError, match="shapes"):
        scaling_back(broken, TrainingSettings())


@pytest.mark.parametrize(("rows", "parts"), [(1, []), (2, [2]), (3, [2, 3]), (20, [2, 4, 8, 16])])
def test_a_batch_has_no_more_parts_than_rows(rows, parts):
    settings, found = TrainingSettings(batch_rows=rows), []
    while (rung := smaller(settings)) is not None:
        settings = rung[0]
        found.append(settings.accumulate)
    assert list(dict.fromkeys(found[:-2])) == parts


def test_what_torch_really_raises():
    with pytest.raises(RuntimeError) as error:
        torch.empty(10**15)
    assert is_out_of_memory(error.value)


@pytest.mark.parametrize(
    ("error", "answer"),
    [
        (MemoryError(), True),
        (torch.OutOfMemoryError("CUDA out of memory"), True),
        (RuntimeError("DefaultCPUAllocator: not enough memory: you tried to allocate 8 bytes"), True),
        (RuntimeError("CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling cublasCreate"), True),
        (RuntimeError("size mismatch"), False),
        (ValueError("out of memory"), False),
    ],
)
def test_is_out_of_memory(error, answer):
    assert is_out_of_memory(error) is answer


def test_there_is_memory_and_a_small_network_fits():
    assert available_bytes() > 0
    assert 0 < needed_bytes(rows=1000, inputs=10, outputs=2, hidden=(256,), batch_rows=64) < available_bytes()
    assert needed_bytes(rows=0, inputs=3, outputs=2, hidden=(), batch_rows=0) == 4 * 4 * (3 * 2 + 2)


def test_control_groups(tmp_path):
    assert left_in_group(tmp_path) == math.inf
    (tmp_path / "memory.max").write_text("1000\n")
    (tmp_path / "memory.current").write_text("900\n")
    (tmp_path / "memory.stat").write_text("anon 500\ninactive_file 300\n")
    assert left_in_group(tmp_path) == 400
    (tmp_path / "memory.max").write_text("max\n")
    assert left_in_group(tmp_path) == math.inf
    old = tmp_path / "memory"
    old.mkdir()
    (old / "memory.limit_in_bytes").write_text("2000")
    (old / "memory.usage_in_bytes").write_text("500")
    (old / "memory.stat").write_text("total_inactive_file 100")
    assert left_in_group(tmp_path) == 1600
