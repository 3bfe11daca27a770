"""`bringup run`: the whole recipe."""

import sys
from collections.abc import Iterable
from contextlib import redirect_stdout
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bringup.cli import options
from bringup.cli.console import out, say, write
from bringup.cli.exit_code import ExitCode
from bringup.errors import BringupError

if TYPE_CHECKING:
    from bringup.api import RunResult
    from bringup.recipe.document import RunDocument


class Format(StrEnum):
    """How the result is printed."""

    TEXT = "text"
    JSON = "json"


def run(
    data: options.Data = None,
    target: options.Target = None,
    test: options.Test = None,
    query: options.Query = None,
    names: options.Names = None,
    task: options.TaskName = None,
    role: options.Roles = None,
    drop: options.Drop = None,
    missing: options.Missing = None,
    group: options.Group = None,
    time: options.Time = None,
    max_rows: options.MaxRows = None,
    seed: options.Seed = None,
    seeds: options.Seeds = None,
    scale: options.ScaleName = None,
    select: options.Select = None,
    ignore: options.Ignore = None,
    folder: options.Folder = None,
    until: Annotated[str | None, typer.Option(metavar="STEP", help="Stop after this step: plan, data, … lock.")] = None,
    keep_going: Annotated[bool, typer.Option("--keep-going", help="Go on after a gate that fails.")] = False,
    resume: Annotated[str | None, typer.Option(metavar="RUN", help="Go on with a run that was interrupted.")] = None,
    format: Annotated[Format, typer.Option("--format", help="How the result is printed on stdout.")] = Format.TEXT,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress on stderr.")] = False,
) -> None:
    """Raw data in; a trained, debugged, compared, locked model out.

    DATA may also be a plan.toml that `bringup plan` wrote and you edited. Each step is a gate: the run stops at the first
    that fails and says why. All it finds is in its folder: report.html, run.json, the model, bringup.lock.
    """
    decided = options.plan_options(
        target=target,
        test=test,
        query=query,
        names=names,
        task=task,
        role=role,
        drop=drop,
        missing=missing,
        group=group,
        time=time,
        max_rows=max_rows,
        seed=seed,
        seeds=seeds,
        scale=scale,
        select=select,
        ignore=ignore,
    )
    how = options.present({"until": until and check_step(until), "keep_going": keep_going or None})
    if folder is not None:
        how["folder"] = Path(folder)
    result = train(data, resume, decided, how, quiet=quiet)
    show(result, format)
    code = exit_code(result.document)
    if code is ExitCode.INTERRUPTED:
        say(f"interrupted; go on with `bringup run --resume {result.folder}`")
    raise typer.Exit(int(code))


def train(data: str | None, resume: str | None, decided: dict[str, Any], how: dict[str, Any], *, quiet: bool) -> "RunResult":
    """Call the recipe in the way that was asked for; whatever libraries print on stdout goes to stderr.

    Args:
        decided: Options that the plan will hold.
        how: Options of this one call.

    Raises:
        BringupError: if options contradict each other, and for all that the recipe finds wrong.
    """
    plan = data is not None and data.endswith(".toml")
    if data is None and resume is None:
        raise BringupError("nothing to run", do="name a file: `bringup run DATA --target COLUMN`")
    if resume is not None and (data is not None or decided or "folder" in how):
        extra = ["DATA"] * (data is not None) + dashed([*decided, *(name for name in how if name == "folder")])
        raise BringupError(
            "--resume goes on with a run as it was begun", there=f"{', '.join(extra)} would change it", do="leave that out"
        )
    if plan and decided:
        raise BringupError(
            f"{data} holds these decisions already", there=", ".join(dashed(decided)), do="edit it, and leave the options out"
        )

    from bringup import api
    from bringup.cli.progress import watch

    everything: dict[str, Any] = {"target": None} | decided | how
    with watch(quiet=quiet) as progress, redirect_stdout(sys.stderr):
        if resume is not None:
            return api.resume(Path(resume), progress=progress, **how)
        if plan:
            return api.run_plan(Path(str(data)), progress=progress, **how)
        return api.run(data, progress=progress, **everything)


def dashed(names: Iterable[str]) -> list[str]:
    """Return the names of options as they are typed."""
    return [f"--{name.replace('_', '-')}" for name in names]


def show(result: "RunResult", format: Format) -> None:
    """Print the result on stdout."""
    if format is Format.JSON:
        from bringup.report.json import render_json

        write(render_json(result.document))
    else:
        from bringup.report.text import print_text

        print_text(result.document, out())


def exit_code(document: "RunDocument") -> ExitCode:
    """Return 1 for a gate that failed, a model that is held back, or a finding that is more than a note."""
    if any(step.summary == "interrupted" for step in document.steps):
        return ExitCode.INTERRUPTED
    failed = document.verdict.status == "held-back" or any(step.status == "failed" for step in document.steps)
    return ExitCode.FOUND if failed or any(finding.severity.loud for finding in document.findings) else ExitCode.FINE


def check_step(name: str) -> str:
    """Return the name of a step if there is one like it."""
    from bringup.recipe.document import STEPS

    return options.one_of(name, STEPS, what="step")
