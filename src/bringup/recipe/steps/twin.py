"""The two controls: the planted rule must be learned, and shuffled labels must not.

Both go through the same reading, typing, splitting, preparing, training and measuring as the real data. The first fails
where the pipeline loses what is there, the second where it finds what is not. Both train with the default settings, whatever
the plan says: they put the pipeline to the test, not its hyper-parameters.
"""

import numpy as np
import polars as pl

from bringup.comparison.statistics import paired_bootstrap
from bringup.data.open import open_table, sample
from bringup.data.prepare import fit_preparer
from bringup.data.schema import Schema
from bringup.data.split import split_rows
from bringup.data.synthesise import synthesise
from bringup.data.target import encode, labels
from bringup.data.typed import typed
from bringup.findings import Cause
from bringup.recipe.context import Context, Outcome
from bringup.recipe.dataset import ROW
from bringup.record import write_text
from bringup.training.fit import ModelPlan, fit, goal_for
from bringup.training.metrics import METRICS, PRIMARY
from bringup.training.settings import TrainingSettings, batch_rows_for

LEARNED = 0.5  # share of what the constant leaves open; a right pipeline reaches 0.7 and more
CERTAINTY = 0.999  # an alarm by chance in one run of a thousand
TWIN_EPOCHS = (15, 120)  # most pipelines learn the rule in few passes; the others get more
CONTROL_EPOCHS = 20


def run(context: Context) -> Outcome:
    """Train on the twin and on shuffled labels."""
    skill = planted(context)
    name = PRIMARY[context.plan.task.kind]
    if not skill >= LEARNED:
        return Outcome(
            False,
            f"the planted rule was not learned: {skill:.0%} of what a constant leaves open, {LEARNED:.0%} is asked for",
            "the pipeline loses information between raw data and metric: look at the columns' roles and their preparation",
            Cause.IMPLEMENTATION,
        )
    found, low = shuffled(context)
    if low > 0:
        return Outcome(
            False,
            f"shuffled labels were learned: {name} {found:+.3f} beyond a constant on held-out rows",
            "the pipeline lets the answer through: look for rows or columns shared between training and validation",
            Cause.IMPLEMENTATION,
        )
    return Outcome(
        True,
        f"planted rule learned ({skill:.0%} of what a constant leaves open); "
        f"shuffled labels not ({name} {found:+.3f} against a constant, no more than chance)",
    )


def network_plan(context: Context, rows: int) -> ModelPlan:
    """The network of the ladder, or the default one where the ladder has none, with a batch size for few rows."""
    ours = next((plan for plan in context.plan.ladder if plan.kind == "mlp"), ModelPlan(name="mlp", kind="mlp"))
    training = (ours.training or TrainingSettings()).model_copy(update={"batch_rows": batch_rows_for(rows)})
    return ours.model_copy(update={"training": training})


def default_network(rows: int, *, epochs: int, patience: int = 10) -> ModelPlan:
    """The network of the recipe, with its defaults."""
    training = TrainingSettings(batch_rows=batch_rows_for(rows), epochs=epochs, patience=patience)
    return ModelPlan(name="mlp", kind="mlp", training=training)


def skill_of(task: str, y: np.ndarray, predicted: np.ndarray) -> float:
    """The share of what a constant leaves open that the predictions close; R² for values."""
    score = METRICS[task][PRIMARY[task]](y, predicted)
    if task == "regression":
        return score
    majority = float(np.bincount(y).max() / len(y))
    return (score - majority) / (1 - majority) if majority < 1 else float("nan")


def planted(context: Context) -> float:
    """Make the twin, write it as a file, and take it through the whole pipeline; return the skill on held-out rows."""
    data, seed, task = context.data, context.plan.seed, context.plan.task.kind
    made = synthesise(data.frame[context.split.train], context.schema, task=task, classes=data.classes, seed=seed)
    path = context.folder / "twin.csv"
    write_text(path, made.write_csv(datetime_format="%Y-%m-%dT%H:%M:%S"))
    schema = written(context.schema, task)
    table = open_table(path)
    frame = typed(sample(table, table.rows, seed=seed), schema)
    target = data.rule.name
    y = encode(labels(frame[target]), data.classes) if data.classes else frame[target].cast(pl.Float64).to_numpy()
    split = split_rows(len(frame), seed=seed, strata=y if data.classes else None)
    preparer = fit_preparer(frame[split.train], schema, scale=context.plan.prepare.scale)
    parts = [(preparer(frame[rows]), y[rows]) for rows in (split.train, split.validation, split.test)]
    skill = float("nan")
    for epochs in TWIN_EPOCHS:
        plan = default_network(len(split.train), epochs=epochs)
        fitted = fit(plan, *parts[0], goal_for(y, data.classes, split.train), seed=seed, validation=parts[1])
        skill = skill_of(task, parts[2][1], fitted.scores(parts[2][0]))
        if skill >= LEARNED:
            break
    return skill


def written(schema: Schema, task: str) -> Schema:
    """The schema of the twin as it is written: decimal points, ISO dates, no tokens for missing values."""
    plain = {"decimal": ".", "missing": (), "date_format": None}
    columns = []
    for column in schema.columns:
        if column.role == "target":
            columns.append(column.model_copy(update={**plain, "dtype": "string" if task == "classification" else "float"}))
        elif column in schema.inputs:
            dates = {"date_format": "%Y-%m-%dT%H:%M:%S"} if column.dtype == "date" else {}
            columns.append(column.model_copy(update={**plain, **dates}))
    return Schema(columns=tuple(columns))


def shuffled_rows(context: Context) -> tuple[pl.DataFrame, np.ndarray]:
    """The simplified rows, and their targets in an order drawn at random."""
    rows = context.simple_rows if context.simple_rows is not None else context.split.train
    return context.data.frame[rows].drop(ROW), np.random.default_rng(context.plan.seed).permutation(context.data.y[rows])


def shuffled(context: Context) -> tuple[float, float]:
    """Train on permuted targets; return how far validation is beyond a constant, and the lower end of that figure."""
    data, seed, task = context.data, context.plan.seed, context.plan.task.kind
    frame, y = shuffled_rows(context)
    split = split_rows(len(y), seed=seed, strata=y if data.classes else None)
    preparer = fit_preparer(frame[split.train], context.schema, scale=context.plan.prepare.scale)
    validation = (preparer(frame[split.validation]), y[split.validation])
    plan = default_network(len(split.train), epochs=CONTROL_EPOCHS, patience=3)
    goal = goal_for(y, data.classes, split.train)
    fitted = fit(plan, preparer(frame[split.train]), y[split.train], goal, seed=seed, validation=validation)
    unseen = split.test
    inputs, truth = preparer(frame[unseen]), y[unseen]
    constant = fit(
        ModelPlan(name="constant", kind="constant"), preparer(frame[split.train]), y[split.train], goal, seed=seed
    ).scores(inputs)
    name = PRIMARY[task]
    interval = paired_bootstrap(METRICS[task][name], truth, fitted.scores(inputs), constant, seed=seed, level=CERTAINTY)
    return interval.mean, interval.low
