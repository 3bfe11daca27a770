"""The one sentence that matters: good enough, held back, or stopped, and what to do next."""

from collections.abc import Mapping

from bringup.recipe.context import Context
from bringup.recipe.document import StepResult, Verdict


def verdict(context: Context, steps: tuple[StepResult, ...], *, interrupted: bool = False) -> Verdict:
    """Judge a run from its gates, its findings and its figures."""
    failed = next((step for step in steps if step.status == "failed"), None)
    last = steps[-1].step if steps else "plan"
    if interrupted:
        return Verdict(
            status="stopped",
            step=last,
            summary=f"Interrupted during {last}; everything up to there is kept.",
            next_action=f"bringup run --resume {context.folder}",
        )
    if failed is not None:
        return Verdict(
            status="stopped" if not context.best else "held-back",
            step=failed.step,
            cause=context.causes.get(failed.step),
            summary=f"The gate “{failed.step}” failed: {failed.summary}.",
            next_action=failed.next_action or "look at what the step reports",
        )
    if not context.best or not any(step.step == "evaluate" and step.status == "passed" for step in steps):
        return Verdict(
            status="stopped",
            step=last,
            summary=f"Every gate up to “{last}” passed; the rest did not run.",
            next_action=f"bringup run --resume {context.folder}",
        )
    return judged(context)


def judged(context: Context) -> Verdict:
    """The verdict of a run that went through all gates."""
    kept = next(c for c in context.candidates if c.chosen)
    metric, name = context.plan.task.metric, kept.metric.replace("_", " ")
    constant = context.candidates[0]
    final = context.record.metrics.get("final", {}).get(metric, kept.test)
    figure = f"{kept.model} reaches a test {name} of {final:.3f}" if final is not None else f"{kept.model} was kept"
    against = f"; a constant reaches {constant.test:.3f}" if constant.test is not None else ""
    out = left_out(context.dropped)
    behind = [
        known for known in context.known if known.within_spread is False and known.comparable and known.ours_model == kept.model
    ]
    if behind:
        best = behind[0]
        return Verdict(
            status="held-back",
            step="compare",
            summary=f"{figure}{against}{out}. "
            f"Published for {best.model} on {best.dataset}: {best.value:.3f}, which is beyond our spread.",
            next_action="find what the published model does differently: inputs, preparation, settings",
        )
    loud = context.unresolved
    action = context.error_split.next_action if context.error_split else "use it"
    if loud and loud[0].fix:
        action = f"{loud[0].fix.title} ({loud[0].code}); then: {action}"
    return Verdict(status="good", summary=f"{figure}{against}{out}.", next_action=action)


def left_out(columns: Mapping[str, str], most: int = 4) -> str:
    """The columns that gave the answer away, as a clause."""
    if not columns:
        return ""
    more = f" and {len(columns) - most} more" if len(columns) > most else ""
    named = ", ".join(f"`{column}`" for column in list(columns)[:most]) + more
    return f"; left out, because {'it gives' if len(columns) == 1 else 'they give'} the answer away: {named}"
