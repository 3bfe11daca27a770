"""The Python interface, and what the commands call: `bringup.run(frame, target="income")`."""

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Unpack, cast

import polars as pl

from bringup.data.open import open_table, sample
from bringup.data.typed import typed
from bringup.diagnosis.diagnosis import Diagnosis
from bringup.diagnosis.script import check_script as diagnose_script
from bringup.diagnosis.settings import read_settings
from bringup.errors import BringupError
from bringup.recipe.context import Context
from bringup.recipe.dataset import ROW, Look, beside, look
from bringup.recipe.document import STEPS, RunDocument, StepName
from bringup.recipe.folder import given_folder, new_folder
from bringup.recipe.options import Decisions, Options
from bringup.recipe.plan import Plan
from bringup.recipe.planning import make_plan
from bringup.recipe.progress import Progress, Silent
from bringup.recipe.run import run_steps
from bringup.recipe.steps.lock import prediction_columns
from bringup.record import Record, digest, read_record, write_text
from bringup.training.saving import load_model

KEPT = "data.parquet"  # beside a run: the copy of a table that came from Python


@dataclass(frozen=True)
class RunResult:
    """A finished run.

    Attributes:
        document: What it says: verdict, steps, findings, figures.
        record: What was measured.
        folder: Where everything is.
    """

    document: RunDocument
    record: Record
    folder: Path

    def predict(self, data: Any) -> pl.DataFrame:
        """Apply the model to new raw data; see `predict`."""
        return predict(self.folder, data)

    def _repr_html_(self) -> str:
        """The report, for notebooks."""
        from html import escape

        report = self.folder / "report.html"
        page = report.read_text() if report.exists() else f"<p>{escape(self.document.verdict.summary)}</p>"
        return f'<iframe style="width:100%;height:80vh;border:0" srcdoc="{escape(page)}"></iframe>'

    def __repr__(self) -> str:
        return f"<RunResult {self.document.verdict.status}: {self.document.verdict.summary} Report: {self.document.report}>"


def plan(data: Any, **decisions: Unpack[Decisions]) -> Plan:
    """Look at raw data and decide what a run would do.

    Args:
        data: A path (file, folder, glob, SQLite), or a table (pandas, polars, pyarrow, a dict of columns).
        decisions: What you decide yourself: `target` at least; `bringup.recipe.options.Options` lists them all.

    Raises:
        BringupError: if the data cannot be read or learned from; the message says what to do.
    """
    options = Options.of(decisions)
    return make_plan(look(data, options), options, source=str(data) if is_path(data) else KEPT)


def run(
    data: Any,
    *,
    folder: Path | str | None = None,
    keep_going: bool = False,
    until: str | None = None,
    progress: Progress | None = None,
    **decisions: Unpack[Decisions],
) -> RunResult:
    """Take raw data to a trained, compared, locked model and a report.

    Args:
        data: As for `plan`; a table is kept beside the run, so that it can be resumed.
        folder: Where everything is written; `runs/NAME-N` by default.
        keep_going: Go on after a gate that failed.
        until: The last step to run.
        progress: Told what happens while it happens.
        decisions: As for `plan`: `target="income"`, `test="adult.test"`, `roles={"zip": "category"}`, `seed=1`…

    Raises:
        BringupError: if the data cannot be read or learned from, or the folder cannot be written.
    """
    last = checked_step(until)
    options = Options.of(decisions)
    seen = look(data, options)
    if options.test:
        options = options.model_copy(update={"test": absolute(options.test)})
    made = make_plan(seen, options, source=absolute(data) if is_path(data) else KEPT)
    place = given_folder(Path(folder)) if folder is not None else new_folder(seen.table.name)
    if not is_path(data):
        keep_frame(seen, place)
    return execute(made, seen, place, keep_going=keep_going, until=last, progress=progress)


def run_plan(
    plan_path: Path | str,
    *,
    folder: Path | str | None = None,
    keep_going: bool = False,
    until: str | None = None,
    progress: Progress | None = None,
) -> RunResult:
    """Run an edited plan. Raises `BringupError` where the plan cannot be read, or its data cannot."""
    path = Path(plan_path)
    made = located(Plan.read(path), path.parent)
    seen = look_again(made, path.parent)
    place = given_folder(Path(folder)) if folder is not None else new_folder(seen.table.name)
    return execute(made, seen, place, keep_going=keep_going, until=checked_step(until), progress=progress)


def resume(
    folder: Path | str, *, keep_going: bool = False, until: str | None = None, progress: Progress | None = None
) -> RunResult:
    """Go on with a run that was killed or stopped.

    Finished trainings are not repeated, and the figures end up the same to the last digit.

    Raises:
        BringupError: if the folder holds no run, or the raw data have changed since.
    """
    place = Path(folder)
    if not (place / "start.toml").exists():
        raise BringupError(
            f"{place} holds no run that could go on", there="there is no start.toml in it", do="name the folder of a run"
        )
    if (place / "bringup.lock").exists() and (place / "report.html").exists():
        return read_run(place)
    made = Plan.read(place / "start.toml")
    seen = look_again(made, place)
    digests = place / "raw.digest"
    before, now = digests.read_text().strip() if digests.exists() else "", fingerprint(seen)
    if before not in ("", now):
        raise BringupError(
            f"the raw data of {place} have changed since the run began",
            there=f"digest {before}, now {now}",
            do="start a new run",
        )
    return execute(made, seen, place, keep_going=keep_going, until=checked_step(until), progress=progress)


def execute(made: Plan, seen: Look, place: Path, *, keep_going: bool, until: StepName, progress: Progress | None) -> RunResult:
    """Run a plan in a folder that is its own."""
    write_text(place / "raw.digest", fingerprint(seen) + "\n")
    write_text(place / "start.toml", made.to_toml())
    context = Context(plan=made, folder=place, seen=seen, progress=progress or Silent())
    document = run_steps(context, keep_going=keep_going, until=until)
    from bringup.report.html import write_html  # altair and jinja2 load only when there is something to draw

    write_html(document, context.record, place / "report.html")
    return RunResult(document=document, record=context.record, folder=place)


def read_run(folder: Path | str) -> RunResult:
    """Read a run from its folder.

    Raises:
        BringupError: if the folder is not that of a run, the run has written nothing yet, or a file is damaged.
    """
    place = Path(folder)
    path = place / "run.json"
    if not place.is_dir():
        raise BringupError(f"no folder {place}", do="name the folder of a run")
    if not path.is_file() and (place / "start.toml").is_file():
        raise BringupError(
            f"the run in {place} was stopped at its very beginning", do=f"go on with `bringup run --resume {place}`"
        )
    if not path.is_file():
        raise BringupError(f"no run in {place}", there="there is no run.json in it", do="name the folder of a run")
    try:
        document = RunDocument.from_json(json.loads(path.read_text(encoding="utf-8")))
    except (ValueError, TypeError, AttributeError) as error:
        raise BringupError(f"{path} cannot be read by this version", there=str(error).splitlines()[0]) from None
    return RunResult(document=document, record=read_record(place / "record.json"), folder=place)


def predict(folder: Path | str, data: Any, *, query: str | None = None, names: Sequence[str] | None = None) -> pl.DataFrame:
    """Apply a run's model to new raw data.

    Returns:
        One row a row of the data, in their order: `prediction`, and for classes the probability of each as `p(class)`.

    Raises:
        BringupError: if there is no model, the data cannot be read, or lack columns.
    """
    fitted, preparer, schema = load_model(Path(folder) / "model")
    table = open_table(data, query=query, names=names)
    columns = [column.name for column in schema.inputs]
    if names is None and not set(columns) & set(table.columns) and Path(folder, "start.toml").exists():
        known = Plan.read(Path(folder) / "start.toml").data.names
        if known:  # trained on a file without a header: new data have none either
            table = open_table(data, query=query, names=known[: len(table.columns)])
    raw = sample(table, max(table.rows, 1), seed=0)
    wanted = schema.model_copy(update={"columns": schema.inputs})
    frame = typed(raw, wanted)
    return prediction_columns(fitted.scores(preparer(frame.drop(ROW))), fitted.goal.classes)


def check_script(
    script: Path | str,
    *,
    args: Sequence[str] = (),
    select: Sequence[str] = (),
    ignore: Sequence[str] = (),
    time: float | None = None,
) -> Diagnosis:
    """Run a training script as it is, watch it, and say what is wrong.

    Args:
        args: Its arguments.
        select, ignore: Codes, names or families of checks, over those of the project's pyproject.toml.
        time: The time limit in seconds, 0 for none.

    Raises:
        BringupError: if there is no such script, it is not Python, or a name means no check.
    """
    from bringup.report.shown import Shown  # what draws loads only where there is something to show

    settings = read_settings(Path(script)).over(select=select, ignore=ignore, time=time)
    return Shown.of(diagnose_script(script, args=args, settings=settings))


def checked_step(until: str | None) -> StepName:
    """The last step, by name."""
    if until is not None and until not in STEPS:
        raise BringupError(f"`{until}` is no step", there="the steps are " + ", ".join(STEPS))
    return cast(StepName, until or "lock")


def is_path(data: Any) -> bool:
    """Whether data are named by a path rather than handed over as a table."""
    return isinstance(data, str | os.PathLike)


def absolute(path: Any) -> str:
    """A path that holds from any working folder."""
    return str(Path(path).expanduser().absolute())


def located(made: Plan, folder: Path) -> Plan:
    """A plan whose paths hold from any working folder; relative ones are looked up beside the plan first."""
    test = absolute(beside(made.data.test, folder)) if made.data.test else None
    return made.model_copy(
        update={"data": made.data.model_copy(update={"source": absolute(beside(made.data.source, folder)), "test": test})}
    )


def keep_frame(seen: Look, place: Path) -> None:
    """Keep a table that came from Python beside the run, so that it can be resumed and tested from raw data."""
    path = place / KEPT
    try:
        seen.table.lazy.sink_parquet(path)
    except (OSError, pl.exceptions.PolarsError) as error:
        raise BringupError(
            f"cannot write {path}", there=str(error).splitlines()[0], do="make room or name another folder"
        ) from error


def look_again(made: Plan, folder: Path) -> Look:
    """Look at the data of a plan, as it says."""
    data = made.data
    options = Options(
        target=data.target,
        query=data.query,
        names=data.names,
        task=made.task.kind,
        roles=made.roles,
        missing=made.missing,
        seed=made.seed,
    )
    return look(beside(data.source, folder), options)


def fingerprint(seen: Look) -> str:
    """The digest of the raw rows that were looked at: the same whether a table came as a file or from Python."""
    return digest([seen.table.rows, list(seen.table.columns), digest(as_plain(seen.raw).write_csv())])


def as_plain(frame: pl.DataFrame) -> pl.DataFrame:
    """A frame with the columns that CSV cannot say turned into numbers and texts."""
    plain = []
    for column in frame:
        if column.dtype == pl.Duration:
            plain.append(column.to_physical())
        elif column.dtype.is_nested() or column.dtype in (pl.Binary, pl.Object):
            plain.append(pl.Series(column.name, [None if value is None else str(value) for value in column], dtype=pl.String))
        else:
            plain.append(column)
    return pl.DataFrame(plain)
