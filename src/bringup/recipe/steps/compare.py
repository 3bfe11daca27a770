"""Compare: the models with each other over paired seeds, and with what was published on the same data."""

import math
from collections.abc import Sequence

from scipy import stats

from bringup.comparison.known_results import known_results
from bringup.comparison.recognise import recognise
from bringup.comparison.statistics import Interval, beyond_noise, paired_difference
from bringup.findings import Cause
from bringup.recipe.context import Context, Outcome
from bringup.recipe.document import Candidate
from bringup.recipe.steps.train import seeds_of
from bringup.training.fit import ModelPlan
from bringup.training.metrics import HIGHER_IS_BETTER

TELLING_SEEDS = 5  # fewer give an interval so wide that hardly a difference is beyond it


def run(context: Context) -> Outcome:
    """Keep the simplest model that is as good as the best; a model that does not beat the constant has learned nothing."""
    ladder = {plan.name: plan for plan in context.plan.ladder}
    baseline = next(iter(ladder))
    context.candidates = tuple(with_difference(context, c, ladder, baseline) for c in context.candidates)
    context.best = choose(context, ladder)
    context.candidates = tuple(c.model_copy(update={"chosen": c.model == context.best}) for c in context.candidates)
    record = context.record
    name = recognise(record.raw, record.columns, record.target) if record.raw and record.columns and record.target else None
    context.known = known_results(name, context.plan.task.kind) if name else ()
    kept = next(c for c in context.candidates if c.chosen)
    published = (
        f"; recognised as {name}: {len(context.known)} published figures" if name else "; no published figures for these data"
    )
    if context.best == baseline:
        return Outcome(
            False,
            "no model beats a constant beyond noise",
            too_few(context)
            or "the inputs say nothing about the target as they stand: check that rows and targets belong together, "
            "then look for better inputs",
            Cause.DATASET,
        )
    gain = (
        f"{kept.difference:+.3f} beyond a constant ({kept.difference_low:+.3f} to {kept.difference_high:+.3f})"
        if kept.difference_low is not None
        else "one seed: no interval"
    )
    why = "" if kept.model == highest(context).model else ", the simplest that is as good as the best"
    return Outcome(True, f"{kept.model} is kept{why}: {kept.metric} {kept.validation:.3f}, {gain}{published}")


def too_few(context: Context) -> str:
    """What to do where so few seeds were asked for that none could tell, or nothing."""
    seeds = context.plan.budget.seeds
    if not 1 < seeds < TELLING_SEEDS or highest(context).model == context.candidates[0].model:
        return ""
    return f"{seeds} seeds tell little: train over more of them, with --seeds or `budget.seeds` of the plan"


def difference(context: Context, ours: ModelPlan, theirs: ModelPlan, seeds: Sequence[int] = ()) -> Interval:
    """The paired difference on validation rows over seeds (all of the run, or those given); positive is better."""
    metric, trainings = context.plan.task.metric, context.trainings
    sign = 1 if HIGHER_IS_BETTER[metric] else -1
    pairs = [
        (trainings.figures(ours, seed).metrics[metric], trainings.figures(theirs, seed).metrics[metric])
        for seed in seeds or seeds_of(context)
    ]
    split = context.split
    return paired_difference(
        [sign * a for a, _ in pairs], [sign * b for _, b in pairs], test_share=len(split.validation) / len(split.train)
    )


def with_difference(context: Context, candidate: Candidate, ladder: dict[str, ModelPlan], baseline: str) -> Candidate:
    """A candidate with its difference to the constant."""
    if candidate.model == baseline:
        return candidate
    found = difference(context, ladder[candidate.model], ladder[baseline])
    bounded = candidate.seeds > 1
    return candidate.model_copy(
        update={
            "difference": found.mean,
            "difference_low": found.low if bounded else None,
            "difference_high": found.high if bounded else None,
        }
    )


def choose(context: Context, ladder: dict[str, ModelPlan]) -> str:
    """The simplest model within one standard error of the best (Breiman et al. 1984); with one seed the best is taken.

    The full 95 % interval of a few seeds is so wide that a plainly better model would be refused; one standard error settles
    only what is as good as equal in favour of the simpler. The constant is left only for a gain beyond noise.
    """
    best = highest(context)
    constant = context.candidates[0].model
    if context.plan.budget.seeds == 1 or best.model == constant:
        return best.model
    if not beyond_noise(difference(context, ladder[best.model], ladder[constant])):
        return constant
    for candidate in context.candidates[1:]:
        gap = difference(context, ladder[best.model], ladder[candidate.model])
        if gap.mean <= standard_error(gap, context.plan.budget.seeds):
            return candidate.model
    return best.model


def highest(context: Context) -> Candidate:
    """The candidate with the best validation figure, the simpler of equals; a figure that is no number is worst."""
    sign = 1 if HIGHER_IS_BETTER[context.plan.task.metric] else -1
    return max(context.candidates, key=lambda c: sign * c.validation if math.isfinite(c.validation) else -math.inf)


def standard_error(interval: Interval, seeds: int) -> float:
    """The standard error of a mean, from its 95 % interval by Student's t over so many seeds."""
    return interval.half_width / float(stats.t.ppf(0.975, seeds - 1))
