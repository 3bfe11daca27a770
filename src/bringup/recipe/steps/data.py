"""Data: read everything, measure it, set the test rows aside, run the checks, and leave out what gives the answer away."""

from pathlib import Path

import numpy as np
import polars as pl

from bringup.data.profile.measure import measure
from bringup.data.profile.relations import across
from bringup.data.profile.shift import discriminate, label_variants, shifts
from bringup.data.split import part_facts
from bringup.data.target import encode
from bringup.errors import BringupError
from bringup.findings import Family, Finding, Severity
from bringup.recipe.confirm import confirm_leaks
from bringup.recipe.context import Context, Outcome, TestRows
from bringup.recipe.dataset import ROW, Dataset, dataset_from, read_test
from bringup.recipe.judging import judge
from bringup.recipe.planning import has_cuda, review
from bringup.recipe.trainings import Trainings
from bringup.record import DuplicateFacts, Part, PartFacts, SplitFacts


def run(context: Context) -> Outcome:
    """Read, measure, split, check, drop, review the plan."""
    plan = context.plan
    require_device(plan.infrastructure.device)
    data = dataset_from(context.seen, rows=plan.data.read, seed=plan.seed)
    context._data = data
    sections = measure(data.raw.drop(ROW), data.typed.drop(ROW), data.table, data.schema, plan.task.kind, seed=plan.seed)
    context.record = context.record.with_(**sections, seed=plan.seed)
    context._trainings = make_trainings(context, data)
    context._test = set_aside(context, data)
    judge(context)
    drop_leaks(context)
    confirm_leaks(context)
    if context.record.split and context.record.split.label_variants:
        context.resolved |= {
            f.fingerprint: "read as the same label" for f in context.findings if f.name == "label-format-differs"
        }
    majority = max(np.bincount(data.y)) / len(data.y) if data.classes else None
    context.plan = review(plan, dropped=context.dropped, rows=len(data.y), majority=majority)
    return outcome(context)


def require_device(device: str) -> None:
    """Raise `BringupError` where the plan names a device that is not there."""
    if device != "cpu" and not has_cuda():
        raise BringupError(f"there is no device `{device}` here", do='write device = "cpu" under [infrastructure] of the plan')


def make_trainings(context: Context, data: Dataset) -> Trainings:
    """The trainings of this run, with what the split goes by."""
    plan, frame = context.plan, data.frame
    by = plan.split.by
    groups = moments = None
    if by is not None:
        column = split_column(frame, by)
        ranks = (
            column.cast(pl.String).fill_null("").rank("dense")
            if column.dtype == pl.String
            else column.rank("dense").fill_null(0)
        )
        numbers = ranks.cast(pl.Int64).to_numpy()
        groups, moments = (numbers, None) if plan.split.method == "group" else (None, numbers)
        if len(np.unique(numbers)) < 3:
            raise BringupError(
                f"`{by}` has {len(np.unique(numbers))} different values",
                there="a split needs three at least",
                do="choose another column",
            )

    def told(model, epoch: int, loss: float) -> None:
        context.progress.training(model.name, epoch, model.training.epochs if model.training else 1, loss)

    return Trainings(
        frame=frame,
        y=data.y,
        schema=data.schema,
        classes=data.classes,
        seed=plan.seed,
        scale=plan.prepare.scale,
        folder=context.folder / "checkpoints",
        device=plan.infrastructure.device,
        given=plan.data.test is not None,
        strata=data.y if data.classes and by is None else None,
        groups=groups,
        moments=moments,
        by=by,
        on_epoch=told,
    )


def split_column(frame: pl.DataFrame, by: str) -> pl.Series:
    """The column that the split goes by. Raises `BringupError` where there is none of that name."""
    if by not in frame.columns:
        names = ", ".join(f"`{name}`" for name in frame.columns[:8] if name != ROW)
        raise BringupError(
            f"no column `{by}` to split by", there=f"the columns are {names}", do="change `split.by` of the plan"
        )
    return frame[by]


def set_aside(context: Context, data: Dataset) -> TestRows:
    """Set the test rows aside and record how the rows were parted."""
    plan, split = context.plan, context.trainings.split(context.plan.seed)
    frame, name = data.frame, data.rule.name
    variants: tuple[tuple[str, str], ...] = ()
    if plan.data.test is not None:
        _, _, given = read_test(plan.data.test, data, names=plan.data.names or None, folder=Path(plan.data.source).parent)
        variants = label_variants(frame, given, data.schema)
        test = known_rows(given, data, {other: known for known, other in variants})
    else:
        test = TestRows(frame[split.test], data.y[split.test], data.row_numbers[split.test])
    parts: dict[Part, pl.DataFrame] = {"train": frame[split.train], "validation": frame[split.validation], "test": test.frame}
    facts: dict[Part, PartFacts] = {
        part: part_facts(np.arange(len(rows)), rows[name], classes=bool(data.classes)) for part, rows in parts.items()
    }
    for part, rows in split.parts().items():
        if part != "test" or plan.data.test is None:
            facts[part] = part_facts(rows, frame[name], classes=bool(data.classes))
    shift = shifts(parts["train"], parts["validation"], "validation", data.schema) + shifts(
        parts["train"], parts["test"], "test", data.schema
    )
    context.record = context.record.with_(
        split=SplitFacts(
            method=plan.split.method,
            parts=facts,
            by=plan.split.by,
            shift=shift,
            discriminated=discriminate(parts["train"], parts["test"], data.schema, plan.seed),
            label_variants=variants,
        ),
        duplicates=with_across(context, parts, data),
    )
    return test


def with_across(context: Context, parts: dict[Part, pl.DataFrame], data: Dataset) -> DuplicateFacts | None:
    """The facts on duplicates, with the rows of later parts that are found in training."""
    found = context.record.duplicates
    counted = {f"train-{part}": across(parts["train"], parts[part], data.schema) for part in ("validation", "test")}
    return found.model_copy(update={"across": counted}) if found else None


def known_rows(given: pl.DataFrame, data: Dataset, spelling: dict[str, str]) -> TestRows:
    """The rows of a test file whose target is known, in the spelling of the training data.

    Raises:
        BringupError: if no row is left.
    """
    name = data.rule.name
    if data.classes:
        given = given.with_columns(given[name].replace(spelling).alias(name)) if spelling else given
        y = encode(given[name], data.classes)
        there = y >= 0
    else:
        y = given[name].cast(pl.Float64).fill_null(float("nan")).to_numpy()
        there = np.isfinite(y)
    if not there.any():
        examples = (
            ", ".join(f"`{value}`" for value in given[name].drop_nulls().unique().sort().head(3).to_list()) or "no value at all"
        )
        raise BringupError(
            f"no test row has a target that training knows (`{name}`)",
            there=f"the test rows have {examples}",
            do="give both files the same labels",
        )
    return TestRows(given.filter(pl.Series(there)), y[there], given[ROW].to_numpy()[there])


def drop_leaks(context: Context) -> None:
    """Leave out the columns that give the answer away, unless their role was set by hand."""
    leaks: dict[str, Finding] = {}
    for finding in context.findings:
        column = finding.where.column if finding.where else None
        if (
            finding.family is Family.LEAKAGE
            and finding.severity is Severity.ERROR
            and column
            and column not in context.plan.roles
        ):
            leaks.setdefault(column, finding)
    present = {
        name: finding
        for name, finding in leaks.items()
        if any(column.name == name for column in context.trainings.schema.inputs)
    }
    if not present:
        return
    context.dropped = {name: finding.message for name, finding in present.items()}
    context.resolved |= {f.fingerprint: "left out" for f in context.findings if f.where and f.where.column in present}
    schema = context.trainings.schema.with_roles(dict.fromkeys(present, "dropped"), reason="gives the answer away")
    if not schema.inputs:
        first = next(iter(present))
        raise BringupError(
            f"every column gives the target `{context.data.rule.name}` away",
            there=present[first].message,
            do="name another target, or keep one with --role COLUMN=number",
        )
    context.trainings.schema = schema
    context.trainings.forget()
    columns = context.record.columns or ()
    out = {"role": "dropped", "reason": "gives the answer away"}
    context.record = context.record.with_(columns=tuple(c.model_copy(update=out) if c.name in present else c for c in columns))


def outcome(context: Context) -> Outcome:
    """Errors that the run could not deal with fail the gate; a leak that was dropped does not."""
    counts = {severity: sum(f.severity is severity for f in context.findings) for severity in Severity}
    split = context.split
    parts = f"{len(split.train):,} training, {len(split.validation):,} validation and {len(context.test.y):,} test rows"
    said = ", ".join(f"{n} {severity.value}{'s' if n > 1 else ''}" for severity, n in counts.items() if n) or "nothing found"
    summary = f"{parts}; {len(context.schema.inputs)} columns; checks: {said}"
    if context.dropped:
        summary += "; left out: " + ", ".join(f"`{name}`" for name in context.dropped)
    open_errors = [f for f in context.unresolved if f.severity is Severity.ERROR]
    if open_errors:
        worst = open_errors[0]
        column = worst.where.column if worst.where else None
        action = worst.fix.title if worst.fix else worst.message
        if column in context.plan.roles:
            action += "; its role was set by hand: where that is meant, go on with --keep-going"
        return Outcome(False, f"{worst.code}: {worst.message}; {summary}", action, worst.cause)
    action = next((f.fix.title for f in context.unresolved if f.fix), None)
    return Outcome(True, summary, action)
