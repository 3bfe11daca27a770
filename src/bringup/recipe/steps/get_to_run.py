"""Get it to run: every layer's input and output with the first batch, and one update that moves the weights."""

import math

import numpy as np
import torch

from bringup.data.prepare import prepared_facts
from bringup.findings import Cause
from bringup.models.layers import walk
from bringup.models.network import count_parameters
from bringup.recipe.context import Context, Outcome
from bringup.recipe.judging import judge
from bringup.recipe.steps.twin import network_plan
from bringup.record import BatchFacts, digest
from bringup.training.fit import build_network, initial_facts
from bringup.training.loop import Batches, make_optimizer, update
from bringup.training.settings import TrainingSettings


def run(context: Context) -> Outcome:
    """Step through the network, record what was seen, take one step."""
    prepared, seed = context.trainings.prepare(context.plan.seed), context.plan.seed
    inputs, y = simple_inputs(context)
    plan = network_plan(context, len(inputs))
    settings = plan.training or TrainingSettings()
    network = build_network(plan, inputs.shape[1], prepared.goal, seed=seed)
    x_ND, y_N = torch.from_numpy(inputs), prepared.goal.tensor(y)
    x_BD, y_B = next(Batches(x_ND, y_N, settings.batch_rows, seed).epoch(0))
    seen = walk(network, x_BD)
    context.record = context.record.with_(
        prepared=prepared_facts(prepared.train, prepared.preparer.names),
        batch=BatchFacts(
            rows=len(x_BD),
            shape=tuple(x_BD.shape),
            dtype=str(x_BD.dtype).removeprefix("torch."),
            target_shape=tuple(y_B.shape),
            target_dtype=str(y_B.dtype).removeprefix("torch."),
            digest=digest([digest(x_BD.numpy()), digest(y_B.numpy())]),
        ),
        layers=tuple(seen.layers),
    )
    if seen.problem:
        return Outcome(False, seen.problem, "make the shapes and types agree", Cause.IMPLEMENTATION)
    initial = initial_facts(network, x_ND, y_N, prepared.goal, y)
    context.record = context.record.with_(initial=initial)
    before = [parameter.detach().clone() for parameter in network.parameters()]
    network.train()
    loss = float(update(network, make_optimizer(network, settings), prepared.goal.loss, x_BD, y_B, settings))
    still = [
        name for (name, parameter), old in zip(network.named_parameters(), before, strict=True) if torch.equal(parameter, old)
    ]
    judge(context)
    if not math.isfinite(loss):
        return Outcome(
            False,
            f"the first loss is {loss}",
            "look for values that are not finite among the prepared inputs",
            Cause.IMPLEMENTATION,
        )
    if still:
        return Outcome(
            False,
            f"one step moved no weight of {', '.join(still)}",
            "see that a gradient reaches them and that the optimizer holds them",
            Cause.IMPLEMENTATION,
        )
    size = f"{count_parameters(network):,} parameters, {sum(layer.bytes for layer in seen.layers) / 1e6:.1f} MB"
    theory = f", {initial.expected_loss:.3f} is what knowing nothing costs" if initial.expected_loss is not None else ""
    return Outcome(
        True,
        f"{len(seen.layers)} layers, {size} with a batch of {len(x_BD)}; initial loss {initial.loss:.3f}{theory}; "
        "one step moves every weight",
    )


def simple_inputs(context: Context) -> tuple[np.ndarray, np.ndarray]:
    """The dense inputs and targets of the simplified rows."""
    prepared = context.trainings.prepare(context.plan.seed)
    rows = context.simple_rows if context.simple_rows is not None else prepared.split.train
    place = np.searchsorted(prepared.split.train, rows)
    return prepared.train.dense[place], prepared.y_train[place]
