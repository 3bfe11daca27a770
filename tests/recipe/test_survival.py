"""Killed at any moment, a run goes on and ends with the same figures to the last digit."""

import json
import signal
import time

import pytest

from bringup import api

# When to kill: what is seen in the run folder, or on stderr, while the run is at work.
MOMENTS = {
    "before the first step": lambda run, err: (run / "raw.digest").exists(),
    "as it starts": lambda run, err: (run / "start.toml").exists(),
    "in the data step": lambda run, err: (run / "run.json").exists(),
    "in the twin": lambda run, err: (run / "twin.csv").exists(),
    "as a network trains": lambda run, err: any(run.glob("checkpoints/mlp-*.safetensors")),
    "after one seed of the network": lambda run, err: any(run.glob("checkpoints/mlp-*-0.json")),
    "among the trees": lambda run, err: any(run.glob("checkpoints/trees-*.json")),
    "as it evaluates": lambda run, err: "✓ compare" in err or "✗ compare" in err,
    "in a trial of the search": lambda run, err: any(run.glob("checkpoints/*tuned*")),
    "as it saves the model": lambda run, err: (run / "model").exists(),
    "before the predictions": lambda run, err: (run / "model" / "model.json").exists(),
    "before the lock": lambda run, err: (run / "split.json").exists(),
    "before the report": lambda run, err: (run / "bringup.lock").exists(),
}
QUICK = ("after one seed of the network",)


def write_plan(kit, folder):
    """A plan with a network that is kept, so that every kind of training is under way at some moment."""
    path = kit.write(kit.classes(), folder / "data.csv")
    made = kit.small(api.plan(path, target="y"), seeds=3, trials=2, kinds=("constant", "mlp", "trees"))
    (folder / "plan.toml").write_text(made.to_toml())
    return folder / "plan.toml"


@pytest.fixture(scope="module")
def unbroken(kit, tmp_path_factory):
    """What a run that nothing stops ends with."""
    folder = tmp_path_factory.mktemp("unbroken")
    api.run_plan(write_plan(kit, folder), folder=folder / "run", keep_going=True)
    return kit.results(folder / "run")


@pytest.mark.parametrize("moment", [m if m in QUICK else pytest.param(m, marks=pytest.mark.slow) for m in MOMENTS])
def test_killed_and_resumed(kit, program, unbroken, tmp_path, moment):
    folder = tmp_path / "run"
    process = program.start("run", write_plan(kit, tmp_path), "--folder", folder, "--keep-going")
    while process.poll() is None:
        if MOMENTS[moment](folder, (tmp_path / "err").read_text()):
            process.send_signal(signal.SIGKILL)
            break
        time.sleep(0.002)
    killed = program.ended(process)
    assert killed.code == -signal.SIGKILL, killed
    api.resume(folder, keep_going=True) if (folder / "start.toml").exists() else api.run_plan(
        tmp_path / "plan.toml", folder=folder, keep_going=True
    )
    assert kit.differing(kit.results(folder), unbroken) == []
    assert (folder / "report.html").stat().st_size > 10_000


@pytest.mark.slow
def test_killed_again_and_again(kit, program, unbroken, tmp_path):
    """Each life gets a little further; the last one comes to the end."""
    folder, plan = tmp_path / "run", write_plan(kit, tmp_path)
    program.ended(kill_after(program.start("run", plan, "--folder", folder, "--keep-going"), folder, 1))
    for trainings in (3, 4, 6, 8):
        program.ended(kill_after(program.start("run", "--resume", folder, "--keep-going"), folder, trainings))
    assert program("run", "--resume", folder, "--keep-going", "--quiet").code in (0, 1)
    assert kit.differing(kit.results(folder), unbroken) == []


def kill_after(process, folder, trainings):
    """Kill a process when so many trainings are on the disk."""
    while process.poll() is None and len(list(folder.glob("checkpoints/*.json"))) < trainings:
        time.sleep(0.002)
    process.kill()
    return process


@pytest.mark.slow
def test_ctrl_c(kit, program, tmp_path):
    """The end of it: exit code 130, a verdict, a report, and a run that goes on."""
    folder, plan = tmp_path / "run", write_plan(kit, tmp_path)
    process = program.start("run", plan, "--folder", folder, "--keep-going")
    while process.poll() is None and not any(folder.glob("checkpoints/mlp-*-0.json")):
        time.sleep(0.002)
    process.send_signal(signal.SIGINT)
    ended = program.ended(process)
    assert ended.code == 130, ended
    assert f"--resume {folder}" in ended.err.splitlines()[-1]
    assert "Traceback" not in ended.err
    document = json.loads((folder / "run.json").read_text())
    assert document["verdict"]["status"] == "stopped"
    assert document["verdict"]["step"] == "train"
    assert kit.step(document, "data")["status"] == "passed"
    assert "nterrupted" in (folder / "report.html").read_text()
    assert api.resume(folder, keep_going=True).document.metrics["test"]


def test_resuming_a_finished_run_repeats_nothing(kit, run_small):
    first = run_small(kit.classes(), edit={"seeds": 1, "kinds": ("constant", "linear")})
    before = (first.folder / "run.json").stat().st_mtime_ns
    again = api.resume(first.folder)
    assert again.document == first.document
    assert (first.folder / "run.json").stat().st_mtime_ns == before


def test_data_that_changed_are_refused(kit, run_small):
    first = run_small(kit.classes(), until="data")
    source = first.folder.parent / "data.csv"
    source.write_text(source.read_text().replace("yes", "si"))
    with pytest.raises(api.BringupError, match="changed"):
        api.resume(first.folder)


def test_a_frame_resumes_from_its_copy(kit, tmp_path, monkeypatch):
    first = api.run(kit.classes(), target="y", folder=tmp_path / "run", seeds=1, until="data")
    monkeypatch.chdir(tmp_path)
    kit.values().write_parquet(tmp_path / "data.parquet")  # another file of the same name in the working folder
    again = api.resume(first.folder, until="data")
    assert again.document.steps[1].summary == first.document.steps[1].summary
