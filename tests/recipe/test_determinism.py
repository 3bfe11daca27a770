"""The same seed gives the same run, to the last digit."""

import pytest

from bringup import api

EDIT = {"seeds": 3, "trials": 1}


@pytest.mark.parametrize("target", ["y", pytest.param("score", marks=pytest.mark.slow)])
def test_the_same_seed_twice(kit, run_small, target):
    frame = kit.classes() if target == "y" else kit.values()
    one, other = (run_small(frame, target, edit=EDIT, keep_going=True).folder for _ in range(2))
    assert kit.differing(kit.results(one), kit.results(other)) == []


def test_another_seed_differs(kit, run_small):
    edit = EDIT | {"trials": 0, "kinds": ("constant", "linear")}
    one, other = (run_small(kit.classes(), plan={"seed": seed}, edit=edit) for seed in (0, 1))
    assert (one.folder / "split.json").read_bytes() != (other.folder / "split.json").read_bytes()
    assert one.document.candidates[1].validation != other.document.candidates[1].validation


@pytest.mark.slow
def test_the_number_of_threads_does_not_matter(kit, program, tmp_path):
    path = kit.write(kit.classes(), tmp_path / "data.csv")
    (tmp_path / "plan.toml").write_text(kit.small(api.plan(path, target="y"), **EDIT).to_toml())
    found = []
    for threads in ("1", "2"):
        folder = tmp_path / threads
        env = {"OMP_NUM_THREADS": threads, "POLARS_MAX_THREADS": threads}
        assert program("run", tmp_path / "plan.toml", "--folder", folder, "--quiet", env=env).code in (0, 1)
        found.append(kit.results(folder))
    assert kit.differing(*found) == []
