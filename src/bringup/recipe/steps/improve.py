"""Improve: search the settings of the model that was kept; the find is kept only when it is better beyond noise."""

import math

import numpy as np

from bringup.comparison.statistics import Interval, beyond_noise
from bringup.recipe.context import Context, Outcome
from bringup.recipe.document import Improvement
from bringup.recipe.steps import compare, evaluate, train
from bringup.search.tune import tune
from bringup.training.fit import ModelPlan
from bringup.training.metrics import HIGHER_IS_BETTER

FIRST_SEEDS = 3
HOPELESS = 0.25  # of the half-width of the interval over the first seeds: about one standard error


def run(context: Context) -> Outcome:
    """Search on the validation rows of the first seed, confirm over all seeds."""
    plan, trials = evaluate.plan_of(context, context.best), context.plan.budget.trials
    if plan.kind == "constant" or trials == 0 or (plan.kind == "linear" and not context.data.classes):
        return Outcome(True, "nothing to search" if trials else "no trials in the budget")
    metric = context.plan.task.metric
    sign = 1 if HIGHER_IS_BETTER[metric] else -1

    def figure(tried: ModelPlan) -> float:
        return sign * context.trainings.figures(tried, context.plan.seed).metrics[metric]

    best = tune(plan, figure, trials=trials, seed=context.plan.seed)[0]
    if best.value <= figure(plan):
        return Outcome(True, f"{trials} settings of {plan.name} tried, none better on the validation rows; {plan.name} stays")
    return confirm(context, plan, best.plan, trials)


def confirm(context: Context, plan: ModelPlan, found: ModelPlan, trials: int) -> Outcome:
    """Train the find on other seeds and keep it when it is better beyond noise.

    The seed that it was chosen on flatters it and is left out where there are others. A find that is hardly better on the first
    few is given up: the rest would cost as much again and change nothing.
    """
    seeds, metric = train.seeds_of(context), context.plan.task.metric
    fresh = seeds[1:] if len(seeds) > 2 else seeds
    used = fresh[:FIRST_SEEDS]
    interval = compare.difference(context, found, plan, used)
    if len(used) < len(fresh) and interval.mean > HOPELESS * interval.half_width:
        used = fresh
        interval = compare.difference(context, found, plan, used)
    kept = len(used) > 1 and beyond_noise(interval) and interval.mean > 0
    before, after = (
        float(np.mean([context.trainings.figures(p, seed).metrics[metric] for seed in used])) for p in (plan, found)
    )
    improvement = Improvement(
        change=f"{found.name}: {described(found)}",
        before=before,
        after=after,
        difference_low=interval.low,
        difference_high=interval.high,
        kept=kept,
    )
    context.improvements = (*context.improvements, improvement)
    said = f"{trials} settings tried; the best changes {metric} by {interval.mean:+.4f} {bounds(interval, len(used))}"
    if not kept:
        return Outcome(True, f"{said}: within noise, {plan.name} stays")
    keep(context, found)
    return Outcome(True, f"{said}: kept")


def keep(context: Context, found: ModelPlan) -> None:
    """Put the find on the ladder, make it the model that is kept, and measure it."""
    constant = context.plan.ladder[0]
    context.plan = context.plan.model_copy(update={"ladder": (*context.plan.ladder, found)})
    ladder = {model.name: model for model in context.plan.ladder}
    candidate = train.candidate(context, found.model_copy(update={"reason": described(found)}))
    candidate = compare.with_difference(context, candidate, ladder, constant.name).model_copy(update={"chosen": True})
    context.candidates = (*(c.model_copy(update={"chosen": False}) for c in context.candidates), candidate)
    context.best = found.name
    evaluate.run(context)


def bounds(interval: Interval, seeds: int) -> str:
    """The interval in brackets, or that there is none."""
    if not math.isfinite(interval.half_width):
        return "(one seed: no interval)"
    return f"({interval.low:+.4f} to {interval.high:+.4f} over {seeds} seeds)"


def described(plan: ModelPlan) -> str:
    """The settings of a find, for people."""
    settings = plan.settings or (
        {k: getattr(plan.training, k) for k in ("hidden", "learning_rate", "dropout", "weight_decay")} if plan.training else {}
    )
    return ", ".join(
        f"{name} {value:.3g}" if isinstance(value, float) else f"{name} {value}" for name, value in settings.items()
    )
