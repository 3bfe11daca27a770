"""Train every model of the ladder, once a seed, with early stopping on that seed's validation rows."""

import numpy as np

from bringup.findings import Severity
from bringup.recipe.context import Context, Outcome
from bringup.recipe.document import Candidate
from bringup.recipe.judging import judge
from bringup.training.fit import Fitted, ModelPlan
from bringup.training.metrics import measure

SERIES_OF = "mlp"


def run(context: Context) -> Outcome:
    """Train, and list what each model reached."""
    context.candidates = tuple(candidate(context, plan) for plan in context.plan.ladder)
    metric = context.plan.task.metric
    network = next((plan for plan in context.plan.ladder if plan.kind == SERIES_OF), None)
    if network is not None:
        keep_record(context, context.trainings.train(network, context.plan.seed))
        before = {finding.fingerprint for finding in context.unresolved}
        judge(context)
        broken = [f for f in context.unresolved if f.severity is Severity.ERROR and f.fingerprint not in before]
        if broken:
            worst = broken[0]
            return Outcome(
                False, f"{worst.code}: {worst.message}", worst.fix.title if worst.fix else worst.message, worst.cause
            )
    figures = ", ".join(f"{c.model} {c.validation:.3f}" for c in context.candidates)
    seeds = context.plan.budget.seeds
    return Outcome(True, f"validation {metric}, mean of {seeds} seed{'s' if seeds > 1 else ''}: {figures}")


def seeds_of(context: Context) -> range:
    """The seeds that a comparison runs over; the run's own is the first."""
    return range(context.plan.seed, context.plan.seed + context.plan.budget.seeds)


def candidate(context: Context, plan: ModelPlan) -> Candidate:
    """Train one model once a seed."""
    metric = context.plan.task.metric
    found = [context.trainings.figures(plan, seed) for seed in seeds_of(context)]
    values = np.array([figures.metrics[metric] for figures in found])
    first = context.trainings.train(plan, context.plan.seed)
    prepared = context.trainings.prepare(context.plan.seed)
    train = measure(prepared.goal.task, prepared.y_train, first.scores(prepared.train))
    return Candidate(
        model=plan.name,
        metric=metric,
        validation=float(values.mean()),
        test=None,
        low=None,
        high=None,
        train=train[metric],
        seeds=len(found),
        spread=float(values.std(ddof=1)) if len(values) > 1 else None,
        seconds=sum(figures.seconds for figures in found),
        parameters=first.cost.parameters or None if first.cost else None,
        description=plan.reason,
    )


def keep_record(context: Context, fitted: Fitted) -> None:
    """Put the network's training into the run's record."""
    context.record = context.record.with_(
        model=fitted.plan.name,
        settings=fitted.plan.training.model_dump(mode="json") if fitted.plan.training else {},
        series={**context.record.series, **fitted.series},
        cost=fitted.cost,
        initial=fitted.initial or context.record.initial,
    )
