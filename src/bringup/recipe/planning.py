"""Make the plan from a first look at the data: each decision with its reason."""

import os
from collections.abc import Mapping, Sequence

from bringup.data.split import TEST_SHARE, VALIDATION_SHARE
from bringup.errors import BringupError
from bringup.recipe.dataset import Look
from bringup.recipe.options import Options
from bringup.recipe.plan import BudgetPlan, DataPlan, Infrastructure, Plan, PreparePlan, SimplifyPlan, SplitPlan, TaskPlan
from bringup.training.fit import ModelPlan
from bringup.training.memory import available_bytes, needed_bytes
from bringup.training.metrics import PRIMARY
from bringup.training.settings import TrainingSettings, batch_rows_for

MOST_ROWS = 500_000
SHARE_OF_MEMORY = 0.25
SECONDS_PER_STEP = 0.00025  # one small optimizer step on one core, measured: overhead dominates
TREE_SECONDS_PER_CELL = 4e-7  # HistGradientBoosting, 100 rounds, two cores
USUAL_EPOCHS = 60
TRIAL_SHARE = 3  # a trial of the search costs as much as so many trainings: its networks are larger


def make_plan(seen: Look, options: Options, *, source: str) -> Plan:
    """Decide everything that can be decided from a look at the data.

    Raises:
        BringupError: if the group or time column does not exist.
    """
    width = expected_width(seen)
    read, why_read = rows_to_read(seen, width, options.max_rows)
    train_rows = int(read * (1 - VALIDATION_SHARE) * (1 if options.test else 1 - TEST_SHARE))
    budget = make_budget(seen.table.rows if seen.table.rows < read else read, options.seeds)
    ladder = make_ladder(seen.task, train_rows)
    return Plan(
        seed=options.seed,
        data=DataPlan(
            source=source,
            test=options.test,
            query=options.query,
            names=options.names,
            target=seen.rule.name,
            rows=seen.table.rows,
            read=read,
            reason=why_read,
        ),
        task=TaskPlan(
            kind=seen.task, metric=PRIMARY[seen.task], reason=f"{seen.reason}; a table with a target is supervised learning"
        ),
        roles=options.roles,
        missing=options.missing,
        split=make_split(seen, options),
        simplify=SimplifyPlan(examples=10_000, reason="small enough that a fault shows in seconds, large enough to learn from"),
        prepare=PreparePlan(scale=options.scale),  # pyright: ignore[reportArgumentType]
        ladder=ladder,
        budget=budget,
        infrastructure=make_infrastructure(
            seen, ladder, budget, train_rows=train_rows, width=width, columns=len(seen.schema.inputs)
        ),
        select=options.select,
        ignore=options.ignore,
    )


def expected_width(seen: Look) -> int:
    """About how many inputs a network will have: one a number, one a level of a category."""
    return sum(
        min(column.levels or 1, 100)
        if column.role == "category"
        else 5
        if column.role == "date"
        else 256
        if column.role == "text"
        else 1
        for column in seen.schema.inputs
    )


def rows_to_read(seen: Look, width: int, asked: int | None) -> tuple[int, str]:
    """How many rows are read into memory, and why."""
    rows = seen.table.rows
    if asked is not None:
        return max(1, min(rows, asked)), "asked for" if asked < rows else "all of them"
    fits = int(SHARE_OF_MEMORY * available_bytes() / (4 * 3 * max(width, 1) + 64 * len(seen.schema.columns)))
    most = max(1000, min(MOST_ROWS, fits))
    if rows <= most:
        return max(rows, 1), "all of them"
    return most, f"a random sample of {rows:,}: " + (
        "more would not fit in memory" if fits < MOST_ROWS else "enough to train on; --max-rows N reads more"
    )


def make_budget(rows: int, seeds: int | None) -> BudgetPlan:
    """More seeds where the data are few and the noise is large."""
    chosen = seeds if seeds is not None else 10 if rows < 2000 else 5 if rows < 60_000 else 3
    trials = 8 if rows < 2000 else 12 if rows < 20_000 else 8 if rows < 100_000 else 4
    return BudgetPlan(seeds=chosen, trials=trials, reason=f"{rows:,} rows: fewer rows vary more and cost less")


def make_ladder(task: str, train_rows: int) -> tuple[ModelPlan, ...]:
    """The models to train, simplest first."""
    batch = batch_rows_for(train_rows)
    hidden = TrainingSettings(batch_rows=batch, patience=10 if train_rows < 50_000 else 5)  # long passes: waiting costs minutes
    return (
        ModelPlan(name="constant", kind="constant", reason="what a model must beat to have learned anything"),
        ModelPlan(
            name="linear", kind="linear", reason="logistic regression" if task == "classification" else "ridge regression"
        ),
        ModelPlan(
            name="mlp",
            kind="mlp",
            training=hidden,
            reason="one hidden layer, ReLU, He initialisation, Adam at 3e-4, no regularisation; "
            f"batches of {batch}, for at most some 300 steps a pass",
        ),
        ModelPlan(
            name="trees", kind="trees", reason="gradient-boosted trees with scikit-learn's defaults: hard to beat on tables"
        ),
    )


def make_split(seen: Look, options: Options) -> SplitPlan:
    """How rows are parted. Only what was asked for is grouped or ordered; a column that looks like a time is only named."""
    group, time, test = options.group, options.time, options.test
    for column in (group, time):
        if column is not None and column not in seen.schema:
            seen.schema[column]  # raises, with what is there
    if group and time:
        raise BringupError("a split is by group or by time, not both", do="choose --group or --time")
    if test is not None:
        return SplitPlan(
            method="group" if group else "time" if time else "given",
            by=group or time,
            reason=f"the test rows come from {test}; validation rows are taken from the training file",
        )
    if group:
        return SplitPlan(method="group", by=group, reason=f"rows of one `{group}` stay together")
    if time:
        return SplitPlan(
            method="time", by=time, reason=f"trained on the past, tested on the latest {TEST_SHARE:.0%} by `{time}`"
        )
    dates = [column.name for column in seen.schema.inputs if column.role == "date"]
    hint = f"; if the model is to predict the future, split by time: --time {dates[0]!r}" if dates else ""
    method = "stratified" if seen.task == "classification" else "random"
    return SplitPlan(
        method=method,
        reason=("each part has its share of every class" if method == "stratified" else "rows are taken to be independent")
        + hint,
    )


def make_infrastructure(
    seen: Look, ladder: Sequence[ModelPlan], budget: BudgetPlan, *, train_rows: int, width: int, columns: int
) -> Infrastructure:
    """Memory and time, from the sizes alone."""
    device = "cuda" if has_cuda() and train_rows * width > 50_000_000 else "cpu"
    network = next((plan.training for plan in ladder if plan.training), TrainingSettings())
    outputs = 1 if seen.task == "regression" else max(2, seen.typed[seen.rule.name].n_unique())
    needed = needed_bytes(
        rows=int(train_rows / (1 - VALIDATION_SHARE)),
        inputs=width,
        outputs=outputs,
        hidden=network.hidden,
        batch_rows=network.batch_rows,
    )
    there = available_bytes()
    if needed > there:
        raise BringupError(
            f"training needs about {needed / 1e9:.1f} GB",
            there=f"{there / 1e9:.1f} GB are free",
            do="read fewer rows with --max-rows",
        )
    steps = train_rows / network.batch_rows * USUAL_EPOCHS
    one = steps * (
        SECONDS_PER_STEP + network.batch_rows * width * network.hidden[0] * 6 / 2e10
    ) + train_rows * columns * TREE_SECONDS_PER_CELL * (outputs if outputs > 2 else 1)
    seconds = int(8 + one * budget.seeds + one * TRIAL_SHARE * budget.trials)
    reason = "one machine: the data fit in memory, and small networks gain nothing from more"
    return Infrastructure(
        device=device,
        cores=os.cpu_count() or 1,
        needed_bytes=needed,
        available_bytes=there,
        estimated_seconds=seconds,
        reason=reason,
    )


def has_cuda() -> bool:
    """Whether there is a CUDA device."""
    import torch

    return torch.cuda.is_available()


def review(plan: Plan, *, dropped: Mapping[str, str], rows: int, majority: float | None) -> Plan:
    """Look at the plan again now that the data were read; what changed is written down."""
    changes = [f"`{name}` is not used: {why}" for name, why in dropped.items()]
    metric = plan.task.metric
    if majority is not None and majority >= 0.9 and metric == "accuracy":
        metric = "roc_auc"
        changes.append(
            f"judged by the area under the ROC curve: {majority:.1%} of the rows are of one class, so accuracy says little"
        )
    if rows < plan.data.read:
        changes.append(f"{rows:,} of {plan.data.read:,} rows have a target")
    return plan.model_copy(update={"task": plan.task.model_copy(update={"metric": metric}), "review": tuple(changes)})
