"""Coarse-to-fine search over a model's settings, with a budget in trials so that the same seed finds the same settings."""

import math
import warnings
from collections.abc import Callable
from dataclasses import dataclass

from bringup.training.fit import ModelPlan
from bringup.training.settings import TrainingSettings


@dataclass(frozen=True)
class Trial:
    """One setting that was tried, and its figure on validation rows (higher is better)."""

    plan: ModelPlan
    value: float


def suggest(plan: ModelPlan, trial) -> ModelPlan:
    """Settings for one trial, by the kind of model. Ranges are logarithmic where a factor is what matters."""
    if plan.kind == "trees":
        settings = {
            "learning_rate": trial.suggest_float("learning_rate", 0.02, 0.3, log=True),
            "max_leaf_nodes": trial.suggest_int("max_leaf_nodes", 7, 127, log=True),
            "min_samples_leaf": trial.suggest_int("min_samples_leaf", 3, 100, log=True),
            "l2_regularization": trial.suggest_float("l2_regularization", 1e-3, 30.0, log=True),
            "max_iter": trial.suggest_int("max_iter", 50, 500, log=True),
        }
        return plan.model_copy(update={"settings": settings, "name": "trees tuned"})
    if plan.kind == "linear":
        return plan.model_copy(update={"settings": linear_settings(trial), "name": "linear tuned"})
    training = plan.training or TrainingSettings()
    width = trial.suggest_categorical("width", [64, 128, 256, 512])
    changed = {
        "hidden": (width,) * trial.suggest_int("layers", 1, 3),
        "learning_rate": trial.suggest_float("learning_rate", 1e-4, 3e-3, log=True),
        "dropout": trial.suggest_float("dropout", 0.0, 0.5),
        "weight_decay": trial.suggest_float("weight_decay", 1e-4, 1.0, log=True),
    }
    return plan.model_copy(update={"training": training.model_copy(update=changed), "name": "mlp tuned"})


def linear_settings(trial) -> dict[str, float]:
    """The strength of the penalty of logistic regression, `C`. (Ridge regression has no setting worth a search here.)"""
    return {"C": trial.suggest_float("C", 1e-3, 1e3, log=True)}


def tune(plan: ModelPlan, figure: Callable[[ModelPlan], float], *, trials: int, seed: int) -> list[Trial]:
    """Try settings: half of them at random (coarse), the rest near what was good (fine; TPE, Bergstra et al. 2011).

    Args:
        plan: The model whose settings are searched.
        figure: A plan → its figure on validation rows, higher is better. One that is not finite counts as the worst.
        trials: How many settings are tried.

    Returns:
        All trials, best first; ties keep the order in which they were tried.
    """
    import optuna

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # optuna marks stable samplers as experimental
        sampler = optuna.samplers.TPESampler(seed=seed, n_startup_trials=max(1, trials // 2))
        study = optuna.create_study(direction="maximize", sampler=sampler)
    done: list[Trial] = []
    for _ in range(trials):
        trial = study.ask()
        tried = suggest(plan, trial)
        value = figure(tried)
        if math.isfinite(value):
            study.tell(trial, value)
        else:
            value = -math.inf
            study.tell(trial, state=optuna.trial.TrialState.FAIL)
        done.append(Trial(tried, value))
    return sorted(done, key=lambda trial: -trial.value)
