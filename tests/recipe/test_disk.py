"""A disk that is full and a folder that cannot be written: one sentence, and nothing lost that was there."""

import errno
import json
import resource
from pathlib import Path

import pytest

from bringup import api
from bringup.errors import BringupError


def refuse_writes(monkeypatch, when):
    """Let the disk be full for some files."""
    whole = Path.open

    def opened(self, mode="r", *arguments, **options):
        if "w" in mode and when(self):
            raise OSError(errno.ENOSPC, "No space left on device", str(self))
        return whole(self, mode, *arguments, **options)

    monkeypatch.setattr(Path, "open", opened)


# Which file finds the disk full → the step that was at work then.
FULL = {
    ".run.json.part": "plan",
    "mlp": "train",
    ".preparer.json.part": "lock",
    ".predictions.csv.part": "lock",
    ".bringup.lock.part": "lock",
}


@pytest.mark.parametrize("name", FULL)
def test_a_full_disk(kit, tmp_path, monkeypatch, name):
    path = kit.write(kit.classes(), tmp_path / "data.csv")
    kinds = ("constant", "mlp" if name == "mlp" else "linear")
    made = kit.small(api.plan(path, target="y"), seeds=1, kinds=kinds)
    kit.pass_over(monkeypatch)
    (tmp_path / "plan.toml").write_text(made.to_toml())
    with monkeypatch.context() as patch:
        refuse_writes(patch, lambda path: name in path.name and "safetensors" not in path.name)
        with pytest.raises(BringupError) as caught:
            api.run_plan(tmp_path / "plan.toml", folder=tmp_path / "run", keep_going=True)
    assert "No space left on device" in str(caught.value)
    assert len(str(caught.value).splitlines()) == 1
    if FULL[name] != "plan":
        json.loads((tmp_path / "run" / "run.json").read_text())
    assert not list((tmp_path / "run").rglob("*.part"))
    ended = api.resume(tmp_path / "run", keep_going=True)
    assert kit.step(ended, "lock")["status"] == "passed"


def test_files_that_may_not_grow(kit, program, tmp_path):
    """As the operating system refuses it: no file may be larger than 20 kB."""

    def limit():
        import signal

        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))

    path = kit.write(kit.classes(), tmp_path / "data.csv")
    ended = program("run", path, "--target", "y", "--folder", tmp_path / "run", "--seeds", "1", "-q", preexec_fn=limit)
    assert ended.code == 2, ended
    assert ended.out == ""
    assert len(ended.err.splitlines()) == 1
    assert "cannot write" in ended.err
    assert (tmp_path / "run" / "start.toml").exists()


@pytest.mark.parametrize("place", ["a file/run", "/proc/bringup"])
def test_a_folder_that_cannot_be(kit, tmp_path, place):
    (tmp_path / "a file").write_text("in the way")
    with pytest.raises(BringupError, match="cannot make the folder"):
        api.run(kit.classes(), target="y", folder=tmp_path / place)


def test_no_room_for_the_copy_of_a_table(kit, tmp_path):
    (tmp_path / "run" / "data.parquet").mkdir(parents=True)
    with pytest.raises(BringupError, match="cannot write"):
        api.run(kit.classes(), target="y", folder=tmp_path / "run")


def test_no_room_for_the_report(kit, tmp_path, monkeypatch):
    refuse_writes(monkeypatch, lambda path: "report.html" in path.name)
    with pytest.raises(BringupError, match="No space left"):
        api.run(kit.classes(), target="y", folder=tmp_path / "run", until="data")
    assert api.read_run(tmp_path / "run").document.verdict.step == "data"
