"""Fit one model to prepared rows: the same call for a constant, a linear model, trees and a network."""

import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import numpy as np
import torch
from pydantic import Field

from bringup.data.prepare import Inputs
from bringup.data.simplify import simplify
from bringup.findings import Frozen
from bringup.models import classical
from bringup.models.network import MLP, count_parameters, initialise
from bringup.models.threads import SMALL_TABLE, one_thread
from bringup.record import CostFacts, InitialFacts, Series, digest
from bringup.training.loop import Batches, Loss, evaluate, train
from bringup.training.memory import peak_bytes, scaling_back
from bringup.training.settings import TrainingSettings
from bringup.training.watch import Progress

INITIAL_ROWS = 8192  # on which a network is judged before its first update
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
    settings: dict[str, Any] = Field(default_factory=dict)
    reason: str = ""


@dataclass(frozen=True)
class Goal:
    """What is to be predicted.

    Attributes:
        task: The task.
        classes: The classes in the order of their numbers; none for regression.
        center, scale: Mean and standard deviation of the target over training rows (regression).
    """

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
        """The loss of a network that knows nothing: ln C for C classes, the mean square of the standardised target."""
        return float(np.log(len(self.classes))) if self.classes else float(np.mean(((y - self.center) / self.scale) ** 2))


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
    """The network of a plan, initialised. The global random state is left as it was."""
    training = plan.training or TrainingSettings()
    with torch.random.fork_rng(devices=[]):  # layers draw weights of their own, which are then replaced
        network = MLP(inputs, goal.outputs, hidden=training.hidden, dropout=training.dropout)
    return initialise(network, seed=seed)


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
    if plan.kind != "mlp":
        return fit_classical(plan, inputs, y, goal, seed=seed)
    x_ND, y_N = on_device(inputs, y, goal, device)
    judged = None if validation is None else on_device(*validation, goal, device)

    def work(settings: TrainingSettings) -> Fitted:
        network = build_network(with_training(plan, settings), x_ND.shape[1], goal, seed=seed).to(device)
        initial = initial_facts(network, x_ND, y_N, goal, y)
        batches = Batches(x_ND, y_N, rows=settings.batch_rows, seed=seed)
        if device.startswith("cuda"):
            torch.cuda.reset_peak_memory_stats()
        watch, ended = train(network, batches, goal.loss, settings, validation=judged, checkpoint=checkpoint, on_epoch=on_epoch)
        fitted = Fitted(plan=plan, goal=goal, model=network, series=watch.frozen(), initial=initial, epochs=ended.best_epoch)
        fitted.cost = network_cost(network, ended, rows=len(x_ND), device=device)
        return fitted

    fitted, settings, steps = scaling_back(work, plan.training or TrainingSettings())
    fitted.scaled_back = steps
    fitted.plan = with_training(plan, settings)
    return fitted


def on_device(inputs: Inputs, y: np.ndarray, goal: Goal, device: str) -> tuple[torch.Tensor, torch.Tensor]:
    """Inputs and targets as tensors."""
    return torch.from_numpy(inputs.dense).to(device), goal.tensor(y).to(device)


def with_training(plan: ModelPlan, settings: TrainingSettings) -> ModelPlan:
    """A plan with other training settings."""
    return plan.model_copy(update={"training": settings})


def network_cost(network: torch.nn.Module, ended: Progress, *, rows: int, device: str) -> CostFacts:
    """What the training of a network took."""
    return CostFacts(
        seconds=ended.seconds,
        steps=ended.step,
        epochs=ended.epoch,
        examples_per_second=ended.epoch * rows / max(ended.seconds, 1e-9),
        peak_bytes=torch.cuda.max_memory_allocated() if device.startswith("cuda") else peak_bytes(),
        parameters=count_parameters(network),
        stopped_by=ended.stopped_by,  # pyright: ignore[reportArgumentType] - one of three words
    )


def fit_classical(plan: ModelPlan, inputs: Inputs, y: np.ndarray, goal: Goal, *, seed: int) -> Fitted:
    """Fit a model of scikit-learn; one whose training rows are all of one class predicts that class."""
    started = time.perf_counter()
    settings = dict(plan.settings)
    counts = np.bincount(y) if goal.classes else np.array([len(y)])
    if plan.kind == "trees" and counts[counts > 0].min() < 2:
        settings.setdefault("early_stopping", False)  # it would split off rows by class, and a class of one row cannot be split
    one_class = goal.classes and np.count_nonzero(counts) == 1
    kind = "constant" if one_class or plan.kind == "mlp" else plan.kind
    x = getattr(inputs, classical.view(plan.kind))
    estimator = classical.build(kind, task=goal.task, seed=seed, categorical=inputs.categorical, settings=settings)
    rows = slice(None) if kind != "linear" else linear_rows(y, seed=seed, classes=bool(goal.classes))
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


def linear_rows(y: np.ndarray, *, seed: int, classes: bool) -> np.ndarray:
    """The rows that a linear model is fitted to: all, or as many as it can read, every class among them."""
    return simplify(np.arange(len(y)), seed=seed, examples=classical.LINEAR_ROWS, strata=y if classes else None)


def initial_facts(network: torch.nn.Module, x_ND: torch.Tensor, y_N: torch.Tensor, goal: Goal, y: np.ndarray) -> InitialFacts:
    """The model before its first update, judged on at most 8192 rows from all over the set: files are often sorted."""
    rows = np.linspace(0, len(y) - 1, min(len(y), INITIAL_ROWS)).astype(np.int64)
    z_NC = evaluate(network, x_ND[rows])
    return InitialFacts(
        weights_digest=weights_digest(network),
        loss=float(goal.loss(z_NC, y_N[rows])),
        expected_loss=goal.expected_loss(y[rows]),
        output_std=float(z_NC.std()) if z_NC.numel() > 1 else None,
    )
