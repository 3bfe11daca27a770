"""Go through the gates one by one; stop at the first that fails, and write down what there is after every one."""

import time
from collections.abc import Callable

from bringup import __version__
from bringup.errors import BringupError
from bringup.models.threads import SMALL_TABLE, one_thread
from bringup.recipe.context import Context, Outcome
from bringup.recipe.document import STEPS, RunDocument, StepName, StepResult
from bringup.recipe.folder import write_outputs
from bringup.recipe.steps import (
    compare,
    data,
    evaluate,
    get_to_run,
    improve,
    lock,
    overfit_one_batch,
    plan,
    simplify,
    train,
    twin,
)
from bringup.recipe.verdict import verdict

RUNNERS: dict[StepName, Callable[[Context], Outcome]] = {
    "plan": plan.run,
    "data": data.run,
    "simplify": simplify.run,
    "twin": twin.run,
    "run": get_to_run.run,
    "overfit-one-batch": overfit_one_batch.run,
    "train": train.run,
    "compare": compare.run,
    "evaluate": evaluate.run,
    "improve": improve.run,
    "lock": lock.run,
}
DOING: dict[StepName, str] = {
    "plan": "deciding what to do",
    "data": "reading and checking the data",
    "simplify": "choosing a small problem",
    "twin": "learning a planted rule and shuffled labels",
    "run": "stepping through the layers",
    "overfit-one-batch": "learning one batch by heart",
    "train": "training every model of the ladder",
    "compare": "comparing over seeds",
    "evaluate": "touching the test rows",
    "improve": "searching settings",
    "lock": "training the model for use and locking the record",
}
NEEDS_MODELS = ("compare",)
NEEDS_BEST = ("evaluate", "improve", "lock")


def run_steps(context: Context, *, keep_going: bool = False, until: StepName = "lock") -> RunDocument:
    """Run the recipe.

    Args:
        keep_going: Go on after a gate that failed.
        until: The last step to run; the rest is marked as skipped.

    Raises:
        BringupError: if the data cannot be learned from, or the folder cannot be written.
    """
    results: list[StepResult] = []
    interrupted, stopped = False, False
    for step in STEPS:
        if stopped or STEPS.index(step) > STEPS.index(until):
            reason = "an earlier gate failed" if stopped else f"asked to stop after “{until}”"
            results.append(StepResult(step=step, status="skipped", summary=reason, seconds=0.0))
            continue
        if (step in NEEDS_MODELS and not context.candidates) or (step in NEEDS_BEST and not context.best):
            results.append(StepResult(step=step, status="skipped", summary="not possible: no model was trained", seconds=0.0))
            continue
        try:
            result = one_step(context, step)
        except KeyboardInterrupt:
            interrupted = True
            results.append(
                StepResult(
                    step=step,
                    status="skipped",
                    summary="interrupted",
                    seconds=0.0,
                    next_action=f"bringup run --resume {context.folder}",
                )
            )
            break
        results.append(result)
        stopped = result.status == "failed" and not keep_going
        if step != STEPS[-1] and not stopped:
            write_outputs(context, document(context, results), finished=False)
    ran = tuple(result for result in results if result.status != "skipped" or interrupted)
    found = document(context, results, verdict_of=ran, interrupted=interrupted)
    write_outputs(context, found, finished=True)
    return found


def one_step(context: Context, step: StepName) -> StepResult:
    """Run one gate and tell how it ended."""
    context.progress.step_started(step, DOING[step])
    started = time.perf_counter()
    table = context.seen.table
    try:
        with one_thread(table.rows * len(table.columns) <= SMALL_TABLE):
            outcome = RUNNERS[step](context)
    except BringupError as error:
        if step in ("plan", "data") or isinstance(error.__cause__, OSError):
            raise  # the data are at fault, or the disk: say it, exit 2
        outcome = Outcome(False, str(error), error.do or None)
    if outcome.cause is not None:
        context.causes[step] = outcome.cause
    result = StepResult(
        step=step,
        status="passed" if outcome.passed else "failed",
        summary=outcome.summary,
        seconds=round(time.perf_counter() - started, 3),
        next_action=outcome.next_action,
    )
    context.progress.step_ended(result)
    return result


def document(
    context: Context, results: list[StepResult], *, verdict_of: tuple[StepResult, ...] | None = None, interrupted: bool = False
) -> RunDocument:
    """What the run has to say by now."""
    record, plan_ = context.record, context.plan
    metrics = dict(record.metrics)
    if "final" in metrics:
        metrics["test"] = metrics.pop("final")
    return RunDocument(
        folder=str(context.folder),
        report=str(context.folder / "report.html"),
        data=context.seen.table.name,
        task=plan_.task.kind,
        target=plan_.data.target,
        rows=context.seen.table.rows,
        seed=plan_.seed,
        verdict=verdict(context, verdict_of if verdict_of is not None else tuple(results), interrupted=interrupted),
        steps=tuple(results),
        findings=context.findings,
        resolved=context.resolved,
        checks=context.checks,
        metrics=metrics,
        candidates=context.candidates,
        known_results=context.known,
        probes=context.probes,
        error_split=context.error_split,
        improvements=context.improvements,
        plan=plan_.model_dump(mode="json"),
        seconds=round(sum(result.seconds for result in results), 3),
        version=__version__,
    )
