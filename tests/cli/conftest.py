"""The program as the shell would call it, a recipe that answers at once, and documents made by hand."""

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from bringup.cli import main
from bringup.findings import Cause, Family, Finding, Severity
from bringup.recipe.document import Candidate, RunDocument, StepResult, Verdict
from bringup.record import Record
from bringup.record.store import write_record


@dataclass(frozen=True)
class Call:
    """What one call of the program came to."""

    code: int
    out: str
    err: str

    @property
    def sentence(self) -> str:
        """The one line on stderr, which must be the only one."""
        lines = self.err.splitlines()
        assert len(lines) == 1, self.err
        assert lines[0].startswith("bringup: ")
        return lines[0]


Bringup = Callable[..., Call]


@pytest.fixture
def bringup(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Bringup:
    """Call the program in this process."""

    def call(*arguments: object) -> Call:
        monkeypatch.setattr(sys, "argv", ["bringup", *map(str, arguments)])
        capsys.readouterr()
        with pytest.raises(SystemExit) as leaving:
            main()
        captured = capsys.readouterr()
        return Call(int(leaving.value.code or 0), captured.out, captured.err)

    return call


@pytest.fixture
def finding_of() -> Callable[[Severity], Finding]:
    """Make a finding of a severity."""
    return make_finding


def make_finding(severity: Severity) -> Finding:
    """Make a finding; only its severity matters here."""
    return Finding(
        code="LEK102",
        name="target-copy",
        severity=severity,
        cause=Cause.DATASET,
        family=Family.LEAKAGE,
        message="`logwage` gives `wage` away",
    )


def make_document(folder: Path, *, status: str = "good", findings: tuple[Finding, ...] = ()) -> RunDocument:
    """Make the document of a run that never took place."""
    return RunDocument(
        folder=str(folder),
        report=str(folder / "report.html"),
        data="people.csv",
        task="classification",
        target="income",
        rows=100,
        seed=0,
        verdict=Verdict.model_validate({"status": status, "summary": "The model is good.", "next_action": "Use it."}),
        steps=(StepResult(step="data", status="passed", summary="100 rows", seconds=0.1),),
        findings=findings,
        candidates=(Candidate(model="constant", metric="accuracy", validation=0.5, test=0.5, low=0.4, high=0.6, chosen=True),),
        metrics={"test": {"accuracy": 0.5}},
    )


@pytest.fixture
def run_folder(tmp_path: Path) -> Path:
    """Write the folder of a run that never took place."""
    folder = tmp_path / "runs" / "first"
    folder.mkdir(parents=True)
    (folder / "run.json").write_text(json.dumps(make_document(folder).to_json()))
    write_record(Record(), folder / "record.json")
    return folder


@dataclass
class FakeRecipe:
    """Stands in for `bringup.api`: notes how it was called, and answers with `document` or raises `error`."""

    document: RunDocument
    error: BaseException | None = None
    calls: list[tuple[str, tuple[Any, ...], dict[str, Any]]] = field(default_factory=list)
    chatter: str = ""

    def _answer(self, name: str, arguments: tuple[Any, ...], options: dict[str, Any]) -> Any:
        progress = options.pop("progress", None)
        self.calls.append((name, arguments, options))
        if progress is not None:
            progress.step_started("data", "reading")
            progress.training("mlp", 1, 10, 0.5)
            progress.note("a note")
            progress.step_ended(self.document.steps[0])
        sys.stdout.write(self.chatter)
        if self.error is not None:
            raise self.error
        return self

    @property
    def record(self) -> Record:
        return Record()

    @property
    def folder(self) -> Path:
        return Path(self.document.folder)

    def to_toml(self) -> str:
        return 'task = "classification"\n'

    def run(self, *arguments: Any, **options: Any) -> Any:
        return self._answer("run", arguments, options)

    def resume(self, *arguments: Any, **options: Any) -> Any:
        return self._answer("resume", arguments, options)

    def run_plan(self, *arguments: Any, **options: Any) -> Any:
        return self._answer("run_plan", arguments, options)

    def plan(self, *arguments: Any, **options: Any) -> Any:
        return self._answer("plan", arguments, options)

    def predict(self, *arguments: Any, **options: Any) -> Any:
        import polars as pl

        self._answer("predict", arguments, options)
        return pl.DataFrame({"prediction": ["no", "yes"], "yes": [0.25, 0.75]})


@pytest.fixture
def recipe(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> FakeRecipe:
    """Put a recipe in place that trains nothing."""
    import bringup.api

    fake = FakeRecipe(make_document(tmp_path / "runs" / "fake"))
    module = ModuleType("bringup.api")
    module.read_run = bringup.api.read_run  # pyright: ignore[reportAttributeAccessIssue]
    for name in ("run", "resume", "run_plan", "plan", "predict"):
        setattr(module, name, getattr(fake, name))
    monkeypatch.setitem(sys.modules, "bringup.api", module)
    monkeypatch.setattr(bringup, "api", module)
    return fake
