"""Evaluate: the test rows are touched here for the first time, once, by models that are already chosen."""

import numpy as np

from bringup.comparison.beside import Protocol, beside
from bringup.comparison.row_metrics import METRICS as ROW_METRICS
from bringup.comparison.statistics import Interval, bootstrap
from bringup.data.prepare import Inputs
from bringup.diagnosis.error_split import ErrorSplit, neighbour_floor, shift_weights, split_error
from bringup.recipe.context import Context, Outcome
from bringup.recipe.document import Candidate
from bringup.record import PredictionFacts, digest
from bringup.training.fit import Fitted, ModelPlan
from bringup.training.metrics import METRICS, measure


def run(context: Context) -> Outcome:
    """Measure every candidate on the test rows, take the error of the chosen one apart, and name one next action."""
    prepared = context.trainings.prepare(context.plan.seed)
    inputs = prepared.preparer(context.test.frame)
    context.candidates = tuple(on_test(context, c, inputs) for c in context.candidates)
    place_beside(context)
    plan = plan_of(context, context.best)
    fitted = context.trainings.train(plan, context.plan.seed)
    record_metrics(context, fitted, inputs)
    context.error_split = honest(take_apart(context, fitted, inputs))
    kept = next(c for c in context.candidates if c.chosen)
    bounds = f" ({kept.low:.3f} to {kept.high:.3f})" if kept.low is not None and kept.high is not None else ""
    return Outcome(
        True,
        f"{kept.model}: test {kept.metric} {kept.test or 0.0:.3f}{bounds}; {held_back(context.error_split)}",
        context.error_split.next_action,
    )


def honest(split: ErrorSplit) -> ErrorSplit:
    """The split with a next action that does not claim more than so many test rows can show."""
    if split.dominant != "irreducible":
        return split
    if split.total <= 0:
        return split.model_copy(update={"next_action": "use it, and see that it does as well on data that it has never met"})
    if split.parts[0].value < split.total / 2:
        action = "no part of the error stands out beyond noise: bring more data to tell, or use it as it is"
        return split.model_copy(update={"next_action": action})
    return split


def held_back(split: ErrorSplit) -> str:
    """What keeps the error from being smaller, as a clause."""
    if split.total <= 0:
        return "no error on the test rows"
    if split.dominant == "irreducible" and split.parts[0].value < split.total / 2:
        return "no part of its error stands out beyond noise"
    return {
        "irreducible": "most of its error looks like noise in the data",
        "avoidable-bias": "held back by avoidable bias: it underfits",
        "variance": "held back by variance: it overfits",
        "shift": "held back by shift: the test rows are not like the training rows",
        "validation-overfit": "held back by choices that were fitted to the validation rows",
    }[split.dominant]


def plan_of(context: Context, name: str) -> ModelPlan:
    """The plan of a candidate."""
    return next(plan for plan in context.plan.ladder if plan.name == name)


def figure_interval(task: str, metric: str, y: np.ndarray, predicted: np.ndarray, *, seed: int) -> Interval:
    """The figure on some rows with its 95 % interval over rows."""
    if metric in ROW_METRICS:
        return bootstrap(ROW_METRICS[metric], y, predicted.argmax(axis=1) if predicted.ndim == 2 else predicted, seed=seed)
    return bootstrap(METRICS[task][metric], y, predicted, seed=seed, rounds=300)


def on_test(context: Context, candidate: Candidate, inputs: Inputs) -> Candidate:
    """A candidate with its figure on the test rows."""
    fitted = context.trainings.train(plan_of(context, candidate.model), context.plan.seed)
    found = figure_interval(
        context.plan.task.kind, candidate.metric, context.test.y, fitted.scores(inputs), seed=context.plan.seed
    )
    low, high = (found.low, found.high) if np.isfinite(found.half_width) else (None, None)
    return candidate.model_copy(update={"test": found.mean, "low": low, "high": high})


def place_beside(context: Context) -> None:
    """Put our test figures beside the published ones of the same metric."""
    if not context.known:
        return
    task, y = context.plan.task.kind, context.test.y
    inputs = context.trainings.prepare(context.plan.seed).preparer(context.test.frame)
    metric = "accuracy" if task == "classification" else "r2"
    scores = {plan.kind: context.trainings.train(plan, context.plan.seed).scores(inputs) for plan in context.plan.ladder}
    intervals = {
        kind: figure_interval(task, metric, y, predicted, seed=context.plan.seed) for kind, predicted in scores.items()
    }
    protocol = Protocol(test_rows=len(y), given=context.plan.data.test is not None)
    context.known = beside(
        context.known,
        metric=metric,
        ours={kind: i.mean for kind, i in intervals.items()},
        intervals=intervals,
        protocol=protocol,
    )


def record_metrics(context: Context, fitted: Fitted, inputs: Inputs) -> None:
    """Put figures and predictions of the chosen model into the record."""
    prepared, task = context.trainings.prepare(context.plan.seed), context.plan.task.kind
    parts = {
        "train": (prepared.train, prepared.y_train),
        "validation": (prepared.validation, prepared.y_validation),
        "test": (inputs, context.test.y),
    }
    metrics, predictions = {}, []
    for part, (rows, y) in parts.items():
        predicted = fitted.scores(rows)
        metrics[part] = measure(task, y, predicted)
        predictions.append(PredictionFacts(part=part, digest=digest(predicted), rows=len(y), confusion=confusion(y, predicted)))  # pyright: ignore[reportArgumentType]
    context.record = context.record.with_(metrics=metrics, predictions=tuple(predictions))


def confusion(y: np.ndarray, predicted: np.ndarray) -> tuple[tuple[int, ...], ...]:
    """Counts of truth by prediction; none for values, or for more than 50 classes."""
    if predicted.ndim != 2 or predicted.shape[1] > 50:
        return ()
    classes = predicted.shape[1]
    counts = np.bincount(y * classes + predicted.argmax(axis=1), minlength=classes * classes).reshape(classes, classes)
    return tuple(tuple(int(n) for n in row) for row in counts)


def row_errors(y: np.ndarray, predicted: np.ndarray, variance: float) -> np.ndarray:
    """The error of each row: wrong or right, or the squared error as a share of the training variance."""
    return (predicted.argmax(axis=1) != y).astype(float) if predicted.ndim == 2 else (predicted - y) ** 2 / variance


def take_apart(context: Context, fitted: Fitted, inputs: Inputs) -> ErrorSplit:
    """The parts of the chosen model's test error."""
    prepared, seed = context.trainings.prepare(context.plan.seed), context.plan.seed
    variance = max(float(np.var(prepared.y_train)), 1e-300)
    errors = {
        part: row_errors(y, fitted.scores(rows), variance)
        for part, (rows, y) in {
            "train": (prepared.train, prepared.y_train),
            "validation": (prepared.validation, prepared.y_validation),
            "test": (inputs, context.test.y),
        }.items()
    }
    weights = shift_weights(prepared.validation.codes, inputs.codes, seed=seed)
    noise = 1.96 * float(
        np.hypot(*(errors[part].std() / np.sqrt(max(len(errors[part]), 1)) for part in ("validation", "test")))
    )
    return split_error(
        metric="share of wrong rows" if context.data.classes else "squared error as a share of the variance",
        train=float(errors["train"].mean()),
        validation=float(errors["validation"].mean()),
        weighted=float(np.average(errors["validation"], weights=weights)),
        test=float(errors["test"].mean()),
        irreducible=neighbour_floor(prepared.train.dense, prepared.y_train, classes=len(context.data.classes), seed=seed),
        noise=noise,
    )
