"""Jobs in forks of a warm process."""

import os
import time
from collections.abc import Iterator
from concurrent.futures import wait

import pytest

from bringup.workers import Job, Pool
from bringup.workers.warm import JobError

HERE = "tests.workers.jobs:"


@pytest.fixture(scope="module")
def pool() -> Iterator[Pool]:
    with Pool(modules=("json", "no_such_module_anywhere"), width=2, environment={"PYTHONPATH": os.getcwd()}) as made:
        yield made


def test_results_come_back_to_those_who_asked(pool: Pool) -> None:
    futures = [pool.submit(Job(target=HERE + "square", given={"value": value})) for value in range(8)]
    found = [future.result(30) for future in futures]
    assert [entry["value"] for entry in found] == [value * value for value in range(8)]
    assert len({entry["process"] for entry in found}) == 8


def test_a_job_that_takes_too_long_is_killed_and_the_others_go_on(pool: Pool) -> None:
    slow = pool.submit(Job(target=HERE + "forever", seconds=0.3))
    fine = pool.submit(Job(target=HERE + "square", given={"value": 3}))
    assert fine.result(30)["value"] == 9
    with pytest.raises(JobError, match="status -9"):
        slow.result(30)


def test_a_job_that_fails_says_why(pool: Pool) -> None:
    with pytest.raises(JobError, match="no such thing"):
        pool.submit(Job(target=HERE + "broken")).result(30)


def test_what_a_job_prints_is_no_answer_and_its_input_is_empty(pool: Pool) -> None:
    assert pool.submit(Job(target=HERE + "printing")).result(30)["input"] == ""


def test_what_a_job_leaves_behind_is_ended(pool: Pool) -> None:
    child = pool.submit(Job(target=HERE + "leaves_a_child")).result(30)["child"]
    until = time.monotonic() + 10
    while alive(child):
        assert time.monotonic() < until
        time.sleep(0.02)


def test_a_waiting_job_can_be_cancelled() -> None:
    with Pool(width=1, environment={"PYTHONPATH": os.getcwd()}) as narrow:
        running = narrow.submit(Job(target=HERE + "forever", seconds=0.5))
        waiting = narrow.submit(Job(target=HERE + "square", given={"value": 1}))
        assert waiting.cancel()
        wait([running], 30)
        assert narrow.submit(Job(target=HERE + "square", given={"value": 5})).result(30)["value"] == 25


def test_closing_ends_what_runs() -> None:
    pool = Pool(width=1, environment={"PYTHONPATH": os.getcwd()})
    future = pool.submit(Job(target=HERE + "forever"))
    began = time.monotonic()
    while not future.running():
        time.sleep(0.01)
    pool.close()
    assert time.monotonic() - began < 30
    with pytest.raises(JobError):
        future.result(1)


def alive(process: int) -> bool:
    """Whether a process runs; one that has ended and was not collected does not."""
    try:
        with open(f"/proc/{process}/stat", encoding="ascii") as file:
            return file.read().rsplit(")", 1)[1].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False
