"""Put leaks to the test: train small trees with the suspected columns and without them, and compare on held-out rows."""

import numpy as np

from bringup.comparison.row_metrics import METRICS as ROW_METRICS
from bringup.comparison.statistics import Interval, paired_bootstrap
from bringup.data.prepare import fit_preparer
from bringup.data.schema import Schema
from bringup.data.simplify import simplify
from bringup.findings import Family, Finding
from bringup.probes import Answer, ProbeResult
from bringup.recipe.context import Context
from bringup.training.fit import ModelPlan, fit, goal_for
from bringup.training.metrics import PRIMARY

PROBE = "without-column"
QUESTION = "Does the score fall without it?"
ROWS = 10_000
MEANING: dict[Answer, str] = {
    "yes": "Without it the score falls beyond noise: the model leans on it.",
    "no": "The score is the same without it: other columns carry what it carries.",
    "unclear": "The score falls, and not beyond noise.",
}


def confirm_leaks(context: Context) -> None:
    """Fill in `confirmed_by` of the findings on leaking columns.

    The columns that were left out are judged together, for one of them may stand in for another (two parts of a sum); a column
    that stays in is judged alone.
    """
    suspects = {f.where.column: f for f in context.findings if f.where and f.where.column and leaks(f)}
    if not suspects:
        return
    full = context.data.schema
    out = [name for name in suspects if name in context.dropped]
    kept = [name for name in suspects if name not in context.dropped and any(c.name == name for c in context.schema.inputs)]
    answers: dict[str, ProbeResult] = {}
    if out:
        answers |= dict.fromkeys(out, experiment(context, full, without(full, out), ", ".join(f"`{name}`" for name in out)))
    for name in kept:
        answers[name] = experiment(context, context.schema, without(context.schema, [name]), f"`{name}`")
    context.findings = tuple(confirmed(f, answers) for f in context.findings)
    context.probes = (*context.probes, *dict.fromkeys(answers.values()))


def leaks(finding: Finding) -> bool:
    """Whether a finding is of a leak that this probe can confirm."""
    return finding.family is Family.LEAKAGE and finding.severity.loud and finding.confirm_with == PROBE


def without(schema: Schema, names: list[str]) -> Schema:
    """The schema with these columns left out."""
    return schema.with_roles(dict.fromkeys(names, "dropped"), reason="left out by a probe")


def confirmed(finding: Finding, answers: dict[str, ProbeResult]) -> Finding:
    """A finding with the answer for its column."""
    result = answers.get(finding.where.column or "") if finding.where and leaks(finding) else None
    if result is None:
        return finding
    return finding.model_copy(update={"confirmed_by": result.confirmation})


def experiment(context: Context, whole: Schema, reduced: Schema, what: str) -> ProbeResult:
    """Train on both schemas and compare on the validation rows."""
    data, seed, task = context.data, context.plan.seed, context.plan.task.kind
    strata = data.y if data.classes else None
    train = simplify(context.split.train, seed=seed, examples=ROWS, strata=strata)
    held_out = simplify(context.split.validation, seed=seed, examples=ROWS, strata=strata)
    with_it, without_it = (predictions(context, schema, train, held_out) for schema in (whole, reduced))
    metric = ROW_METRICS[PRIMARY[task]]
    gap = paired_bootstrap(metric, data.y[held_out], with_it, without_it, seed=seed)
    before, after = float(metric(data.y[held_out], with_it)), float(metric(data.y[held_out], without_it))
    answer = judge(gap)
    return ProbeResult(
        probe=PROBE,
        question=f"Does the score fall without {what}?",
        quantity=f"validation {metric.name}",
        before=before,
        after=after,
        answer=answer,
        meaning=MEANING[answer],
    )


def judge(gap: Interval) -> Answer:
    """Yes for a fall beyond noise, no where the score does not fall, unclear between."""
    return "yes" if gap.low > 0 else "no" if gap.mean <= 0 else "unclear"


def predictions(context: Context, schema: Schema, train: np.ndarray, held_out: np.ndarray) -> np.ndarray:
    """What trees predict for the held-out rows: classes or values; the majority or the mean where no column is left."""
    data, seed = context.data, context.plan.seed
    kind = "trees" if schema.inputs else "constant"
    preparer = fit_preparer(data.frame[train], schema)
    goal = goal_for(data.y, data.classes, train)
    fitted = fit(ModelPlan(name=kind, kind=kind), preparer(data.frame[train]), data.y[train], goal, seed=seed)
    scores = fitted.scores(preparer(data.frame[held_out]))
    return scores.argmax(axis=1) if scores.ndim == 2 else scores
