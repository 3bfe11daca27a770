"""Overfit one batch: a pipeline and a model that cannot learn one batch by heart will learn nothing else."""

from dataclasses import replace

import numpy as np
import torch

from bringup.diagnosis.one_batch import MOST_STEPS, OneBatch, overfit_one_batch
from bringup.models.network import initialise
from bringup.probes import PROBES
from bringup.probes.tensors import TensorExperiment
from bringup.recipe.context import Context, Outcome
from bringup.recipe.steps.get_to_run import simple_inputs
from bringup.recipe.steps.twin import network_plan
from bringup.training.fit import build_network
from bringup.training.settings import TrainingSettings

ROWS = 64
BUDGET = 9  # probes at most
SMALL_ROWS = 8  # where few inputs cannot tell 64 rows apart


def run(context: Context) -> Outcome:
    """Overfit a batch of 64 rows; where that stops short, one of 8; probe what does not converge."""
    for rows in (ROWS, SMALL_ROWS):
        batch = experiment(context, rows)
        result = overfit_one_batch(batch, seed=context.plan.seed, budget=0 if edited(batch.settings) else BUDGET)
        if not result.learned and edited(batch.settings):
            result = settings_first(result, batch, seed=context.plan.seed)
        if result.learned or result.proved:
            break
    context.one_batch = result
    context.probes = (*context.probes, *result.probes)
    context.record = context.record.with_(series={**context.record.series, "one-batch/loss": result.series})
    return outcome(result, rows)


def edited(settings: TrainingSettings) -> bool:
    """Whether someone changed what the recipe trains with by default."""
    default = TrainingSettings()
    return any(getattr(settings, name) != getattr(default, name) for name in ("learning_rate", "weight_decay", "dropout"))


def settings_first(result: OneBatch, batch: TensorExperiment, *, seed: int) -> OneBatch:
    """Suspect settings that someone chose before all else; where the default ones fail too, ask every suspect of the shape."""
    probe = replace(PROBES["default-optimizer"], steps=MOST_STEPS)
    answer = probe.run(batch, result.trajectory, seed=seed)
    if answer.answer == "yes":
        return result.model_copy(update={"probes": (answer,), "proved": probe.name, "cause": probe.family.cause})
    found = overfit_one_batch(batch, seed=seed, budget=BUDGET)
    return found.model_copy(update={"probes": (answer, *found.probes)})


def experiment(context: Context, rows: int) -> TensorExperiment:
    """The pipeline's own network on a frozen batch with more than one class in it."""
    goal, seed = context.trainings.prepare(context.plan.seed).goal, context.plan.seed
    x, y = simple_inputs(context)
    chosen = mixed_rows(y, rows, seed, classes=bool(goal.classes))
    plan = network_plan(context, len(x))

    def build(settings: TrainingSettings) -> torch.nn.Module:
        return build_network(plan.model_copy(update={"training": settings}), x.shape[1], goal, seed=seed)

    return TensorExperiment(
        build=build,
        x_BD=torch.from_numpy(x[chosen]),
        y_B=goal.tensor(y[chosen]),
        loss=goal.loss,
        settings=plan.training or TrainingSettings(),
        reinitialise=lambda network: initialise(network, seed=seed + 1),
    )


def mixed_rows(y: np.ndarray, rows: int, seed: int, *, classes: bool) -> np.ndarray:
    """Rows at random; where they are of one class only, a quarter of them is drawn from the others."""
    order = np.random.default_rng(seed).permutation(len(y))
    chosen = order[:rows]
    if classes and len(np.unique(y[chosen])) == 1:
        others = order[y[order] != y[chosen[0]]][: max(1, rows // 4)]
        chosen = np.concatenate([chosen[: rows - len(others)], others])
    return np.sort(chosen)


def outcome(result: OneBatch, rows: int) -> Outcome:
    """Learned, or what was proved to keep it from being learned."""
    path = result.trajectory
    rise = f" by way of {path.highest:.2g}" if path.shape in ("explodes", "goes-up") else ""
    fall = f"loss {path.first:.3g}{rise} → {path.last:.2g} on {rows} rows in {result.series.steps[-1]:,} steps"
    if result.learned:
        return Outcome(True, f"converges: {fall}")
    tried = ", ".join(probe.probe for probe in result.probes) or "nothing"
    if result.proved == "higher-learning-rate":
        return Outcome(
            True,
            f"{path.shape}: {fall}; ten times the learning rate learns it, so the default is slow here and nothing is broken",
        )
    if result.proved:
        probe = PROBES[result.proved]
        return Outcome(False, f"{path.shape}: {fall}; proved by {probe.name}", probe.yes, result.cause)
    return Outcome(
        False,
        f"{path.shape}: {fall}; tried without success: {tried}",
        "look at the batch itself: do its inputs tell its targets apart?",
    )
