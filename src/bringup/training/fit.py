"""Fit one model to prepared rows: the same call for a constant, a linear model, trees and a network."""

import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import numpy as np
import torch

from bringup.data.prepare import Inputs
from bringup.findings import Frozen
from bringup.models import classical
from bringup.models.network import MLP, count_parameters, initialise
from bringup.models.threads import SMALL_NETWORK, SMALL_TABLE, one_thread
from bringup.record import CostFacts, InitialFacts, Series, digest
from bringup.training.loop import Batches, Loss, evaluate, train
from bringup.training.memory import scaling_back
from bringup.training.settings import TrainingSettings

Kind = Literal["constant", "linear", "mlp", "trees"]


class ModelPlan(Frozen):
    """One rung of the ladder.

    Attributes:
        name: As it is called in the report.
        kind: What it is.
        training: How a network is trained ("mlp" only).
        settings: Parameters of the scikit-learn estimator that differ from its defaults.
        reason: Why it stands on the ladder.
    """

    name: str
    kind: Kind
    training: TrainingSettings | None = None
    settings: dict[str, Any] = {}
    reason: str = ""


@dataclass(frozen=True)
class Goal:
    """What is to be predicted: the task, the classes in the order of their numbers, or the target's mean and spread over training rows."""

    task: Literal["classification", "regression"]
    classes: tuple[str, ...] = ()
    center: float = 0.0
    scale: float = 1.0

    @property
    def outputs(self) -> int:
        """The width of a network's last layer."""
        return len(self.classes) or 1

    @property
    def loss(self) -> Loss:
        """Cross-entropy of logits in nats, or the squared error of the standardised target."""
        return torch.nn.functional.cross_entropy if self.classes else squared_error

    def tensor(self, y: np.ndarray) -> torch.Tensor:
        """The target as a network is trained on it."""
        return (
            torch.from_numpy(y.astype(np.int64))
            if self.classes
            else torch.from_numpy(((y - self.center) / self.scale).astype(np.float32))
        )

    def expected_loss(self, y: np.ndarray) -> float:
        """The loss of a network that knows nothing: ln C for C classes, the variance of the standardised target."""
        return float(np.log(len(self.classes))) if self.classes else float(np.var((y - self.center) / self.scale))


def squared_error(z_BC: torch.Tensor, y_B: torch.Tensor) -> torch.Tensor:
    """Mean squared error; the network's one output is squeezed so that nothing is broadcast."""
    return torch.nn.functional.mse_loss(z_BC.squeeze(1), y_B)


def goal_for(y: np.ndarray, classes: tuple[str, ...], train: np.ndarray) -> Goal:
    """The goal, with the spread of the target taken from training rows only."""
    if classes:
        return Goal(task="classification", classes=classes)
    spread = float(y[train].std())
    return Goal(task="regression", center=float(y[train].mean()), scale=spread if spread > 0 else 1.0)


@dataclass
class Fitted:
    """A trained model, and what its training left behind."""

    plan: ModelPlan
    goal: Goal
    model: Any
    series: dict[str, Series] = field(default_factory=dict)
    initial: InitialFacts | None = None
    cost: CostFacts | None = None
    epochs: int = 0  # passes after which the weights were best
    scaled_back: tuple[str, ...] = ()

    def scores(self, inputs: Inputs) -> np.ndarray:
        """Class probabilities [rows, classes], or values [rows] in the target's unit; float64."""
        if self.plan.kind != "mlp":
            return classical.scores(self.model, getattr(inputs, classical.view(self.plan.kind)), classes=len(self.goal.classes))
        device = next(self.model.parameters()).device
        z_NC = evaluate(self.model, torch.from_numpy(inputs.dense).to(device)).double().cpu()
        return (
            z_NC.softmax(dim=1).numpy() if self.goal.classes else z_NC.squeeze(1).numpy() * self.goal.scale + self.goal.center
        )


def build_network(plan: ModelPlan, inputs: int, goal: Goal, *, seed: int) -> torch.nn.Module:
    """The network of a plan, initialised."""
    training = plan.training or TrainingSettings()
    return initialise(MLP(inputs, goal.outputs, hidden=training.hidden, dropout=training.dropout), seed=seed)


def weights_digest(network: torch.nn.Module) -> str:
    """The digest of all weights, in order."""
    return digest([digest(value.detach().cpu().numpy()) for value in network.state_dict().values()])


def fit(
    plan: ModelPlan,
    inputs: Inputs,
    y: np.ndarray,
    goal: Goal,
    *,
    seed: int,
    validation: tuple[Inputs, np.ndarray] | None = None,
    device: str = "cpu",
    checkpoint: Path | None = None,
    on_epoch: Callable[[int, float], None] | None = None,
) -> Fitted:
    """Fit a model.

    Args:
        inputs: Prepared training rows.
        y: Class numbers (int) or values (float), one a row.
        validation: Rows for early stopping; without them a network trains for all its epochs.
        checkpoint: Where a network keeps its checkpoint.

    Raises:
        BringupError: if a network does not fit in memory, or its checkpoint cannot be written.
    """
    if plan.kind == "mlp":
        return fit_network(
            plan, inputs, y, goal, seed=seed, validation=validation, device=device, checkpoint=checkpoint, on_epoch=on_epoch
        )
    started = time.perf_counter()
    settings = dict(plan.settings)
    if plan.kind == "trees" and goal.classes and np.bincount(y).min(initial=len(y), where=np.bincount(y) > 0) < 2:
        settings.setdefault("early_stopping", False)  # it would split off rows by class, and a class of one row cannot be split
    estimator = classical.build(plan.kind, task=goal.task, seed=seed, categorical=inputs.categorical, settings=settings)
    x = getattr(inputs, classical.view(plan.kind))
    rows = slice(None)
    if plan.kind == "linear" and len(x) > classical.LINEAR_ROWS:
        rows = np.sort(np.random.default_rng(seed).permutation(len(x))[: classical.LINEAR_ROWS])
    with one_thread(x.size <= SMALL_TABLE), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a linear model that stops at its last iteration is a baseline all the same
        estimator.fit(x[rows], y[rows])
    seconds = time.perf_counter() - started
    cost = CostFacts(
        seconds=seconds,
        steps=0,
        epochs=0,
        examples_per_second=len(x) / max(seconds, 1e-9),
        peak_bytes=0,
        parameters=0,
        stopped_by="epochs",
    )
    return Fitted(plan=plan, goal=goal, model=estimator, cost=cost)


def fit_network(
    plan: ModelPlan,
    inputs: Inputs,
    y: np.ndarray,
    goal: Goal,
    *,
    seed: int,
    validation: tuple[Inputs, np.ndarray] | None,
    device: str,
    checkpoint: Path | None,
    on_epoch: Callable[[int, float], None] | None,
) -> Fitted:
    """Fit a network, scaling back what does not fit in memory."""
    x_ND, y_N = torch.from_numpy(inputs.dense).to(device), goal.tensor(y).to(device)
    judged = (
        None
        if validation is None
        else (torch.from_numpy(validation[0].dense).to(device), goal.tensor(validation[1]).to(device))
    )

    def work(settings: TrainingSettings) -> Fitted:
        network = build_network(plan.model_copy(update={"training": settings}), x_ND.shape[1], goal, seed=seed).to(device)
        initial = initial_facts(network, x_ND, y_N, goal, y)
        batches = Batches(x_ND, y_N, rows=settings.batch_rows, seed=seed)
        watch, ended = train(network, batches, goal.loss, settings, validation=judged, checkpoint=checkpoint, on_epoch=on_epoch)
        cost = CostFacts(
            seconds=ended.seconds,
            steps=ended.step,
            epochs=ended.epoch,
            examples_per_second=ended.epoch * len(x_ND) / max(ended.seconds, 1e-9),
            peak_bytes=torch.cuda.max_memory_allocated() if device.startswith("cuda") else 0,
            parameters=count_parameters(network),
            stopped_by=ended.stopped_by,  # pyright: ignore[reportArgumentType]
        )
        return Fitted(
            plan=plan, goal=goal, model=network, series=watch.frozen(), initial=initial, cost=cost, epochs=ended.best_epoch
        )

    training = plan.training or TrainingSettings()
    cost = 6 * training.batch_rows * x_ND.shape[1] * training.hidden[0] if training.hidden else 0
    with one_thread(device == "cpu" and cost <= SMALL_NETWORK):
        fitted, settings, steps = scaling_back(work, training)
    fitted.scaled_back = steps
    fitted.plan = plan.model_copy(update={"training": settings})
    return fitted


def initial_facts(network: torch.nn.Module, x_ND: torch.Tensor, y_N: torch.Tensor, goal: Goal, y: np.ndarray) -> InitialFacts:
    """The model before its first update, judged on at most 8192 rows."""
    z_NC = evaluate(network, x_ND[:8192])
    return InitialFacts(
        weights_digest=weights_digest(network),
        loss=float(goal.loss(z_NC, y_N[:8192])),
        expected_loss=goal.expected_loss(y[:8192]),
        output_std=float(z_NC.std()) if z_NC.numel() > 1 else None,
    )
