"""Lock: train the model for use, save it, write its predictions, and write down what every stage gave."""

import json
import platform
from importlib.metadata import PackageNotFoundError, version

import numpy as np
import polars as pl

from bringup.recipe.context import Context, Outcome
from bringup.recipe.golden import lock_content, lock_text
from bringup.recipe.steps.evaluate import plan_of
from bringup.recipe.steps.train import seeds_of
from bringup.record import write_text
from bringup.training.metrics import METRICS, measure
from bringup.training.saving import save_model

PACKAGES = ("bringup", "torch", "numpy", "polars", "scikit-learn", "scipy")


def run(context: Context) -> Outcome:
    """Refit on training and validation rows, measure on the test rows, save, lock."""
    plan, test = plan_of(context, context.best), context.test
    figures = [context.trainings.figures(plan, seed) for seed in seeds_of(context)]
    fitted, preparer = context.trainings.refit(plan, epochs=int(np.median([f.epochs for f in figures])))
    context.final = fitted
    save_model(context.folder / "model", fitted, preparer, context.schema)
    predicted = fitted.scores(preparer(test.frame))
    metrics = measure(context.plan.task.kind, test.y, predicted)
    context.record = context.record.with_(metrics={**context.record.metrics, "final": metrics}, versions=versions())
    write_predictions(context, predicted)
    spread = (
        {name: float(np.std([f.metrics[name] for f in figures], ddof=1)) for name in METRICS[context.plan.task.kind]}
        if len(figures) > 1
        else {}
    )
    content = lock_content(context.record, context.plan, spread=spread, model=plan.name)
    write_text(context.folder / "bringup.lock", lock_text(content))
    metric = context.plan.task.metric
    return Outcome(
        True,
        f"{plan.name} trained again on {len(context.split.development):,} training and validation rows: "
        f"test {metric} {metrics[metric]:.3f}; {len(content['stages'])} stages locked",
    )


def versions() -> dict[str, str]:
    """What it was trained with."""
    found = {"python": platform.python_version()}
    for name in PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def write_predictions(context: Context, predicted: np.ndarray) -> None:
    """Write `predictions.csv` (truth, prediction and probabilities of each test row) and `split.json` (row numbers)."""
    data, test, split = context.data, context.test, context.split
    frame = pl.DataFrame({"row": test.row_numbers, "truth": test.frame[data.rule.name]})
    write_text(context.folder / "predictions.csv", frame.hstack(prediction_columns(predicted, data.classes)).write_csv())
    rows = {"train": data.row_numbers[split.train], "validation": data.row_numbers[split.validation], "test": test.row_numbers}
    write_text(context.folder / "split.json", json.dumps({part: numbers.tolist() for part, numbers in rows.items()}))


def prediction_columns(predicted: np.ndarray, classes: tuple[str, ...]) -> pl.DataFrame:
    """The prediction, and for classes the probability of each."""
    if not classes:
        return pl.DataFrame({"prediction": predicted})
    best = pl.Series("prediction", [classes[i] for i in predicted.argmax(axis=1)], dtype=pl.String)
    return pl.DataFrame([best, *(pl.Series(f"p({name})", predicted[:, i]) for i, name in enumerate(classes))])
