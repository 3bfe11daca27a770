"""`bringup plan`: what `bringup run` would do, as TOML to be read and edited."""

import sys
from contextlib import redirect_stdout
from pathlib import Path
from typing import Annotated, Any

import typer

from bringup.cli import options
from bringup.cli.console import write
from bringup.errors import BringupError


def plan(
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
    output: Annotated[
        str | None, typer.Option("--output", "-o", metavar="FILE", help="Write the plan here instead of on stdout.")
    ] = None,
) -> None:
    """Print what `run` would do, as TOML, with reasons and estimates.

    Edit it, then `bringup run plan.toml`.
    """
    if data is None:
        raise BringupError("nothing to plan", do="name a file: `bringup plan DATA --target COLUMN`")
    given: dict[str, Any] = {"target": None} | options.plan_options(
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
    from bringup import api

    with redirect_stdout(sys.stderr):
        text = api.plan(data, **given).to_toml()
    if output is None or output == "-":
        write(text)
        return
    from bringup.record.store import write_text

    write_text(Path(output), text)
