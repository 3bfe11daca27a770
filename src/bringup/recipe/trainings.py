"""Prepared inputs and trained models, by seed. Every seed draws its own validation rows; the test rows stay."""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import polars as pl

from bringup.data.prepare import Inputs, Preparer, fit_preparer
from bringup.data.schema import Schema
from bringup.data.split import Split, split_rows
from bringup.errors import BringupError
from bringup.record import digest, write_text
from bringup.training.fit import Fitted, Goal, ModelPlan, fit, goal_for
from bringup.training.metrics import measure

OnEpoch = Callable[[ModelPlan, int, float], None]


@contextmanager
def settings_explained(plan: ModelPlan) -> Iterator[None]:
    """Turn what an estimator says of settings that a person chose into one sentence."""
    try:
        yield
    except (TypeError, ValueError) as error:
        if not plan.settings:
            raise
        raise BringupError(
            f"the model `{plan.name}` cannot be trained with its settings", there=str(error).strip().splitlines()[0]
        ) from error


@dataclass(frozen=True)
class Prepared:
    """One seed's split, and the inputs prepared by what its training rows taught."""

    split: Split
    preparer: Preparer
    goal: Goal
    train: Inputs
    y_train: np.ndarray
    validation: Inputs
    y_validation: np.ndarray


@dataclass(frozen=True)
class Figures:
    """What one training reached on its validation rows, and after how many epochs it was best."""

    seed: int
    metrics: dict[str, float]
    epochs: int
    seconds: float


@dataclass
class Trainings:
    """Trains each model once a seed and remembers it.

    Attributes:
        frame: Typed rows with a target; `y` their class numbers or values.
        strata, groups, moments: What the split goes by, one entry a row, or None.
        folder: Where checkpoints and figures are kept, so that a run that was killed goes on.
    """

    frame: pl.DataFrame
    y: np.ndarray
    schema: Schema
    classes: tuple[str, ...]
    seed: int
    scale: str
    folder: Path
    device: str = "cpu"
    given: bool = False
    strata: np.ndarray | None = None
    groups: np.ndarray | None = None
    moments: np.ndarray | None = None
    by: str | None = None
    on_epoch: OnEpoch | None = None
    prepared: dict[int, Prepared] = field(default_factory=dict)
    models: dict[str, Fitted] = field(default_factory=dict)

    def split(self, seed: int) -> Split:
        """The split of one seed: the same test rows for all."""
        return split_rows(
            len(self.frame),
            seed=self.seed,
            strata=self.strata,
            groups=self.groups,
            moments=self.moments,
            given=self.given,
            by=self.by,
            validation_seed=seed,
        )

    def prepare(self, seed: int) -> Prepared:
        """The prepared rows of one seed; only those of the run's own seed are kept in memory."""
        if seed in self.prepared:
            return self.prepared[seed]
        split = self.split(seed)
        preparer = fit_preparer(self.frame[split.train], self.schema, scale=self.scale)  # pyright: ignore[reportArgumentType]
        made = Prepared(
            split=split,
            preparer=preparer,
            goal=goal_for(self.y, self.classes, split.train),
            train=preparer(self.frame[split.train]),
            y_train=self.y[split.train],
            validation=preparer(self.frame[split.validation]),
            y_validation=self.y[split.validation],
        )
        if seed == self.seed:
            self.prepared[seed] = made
        return made

    def forget(self) -> None:
        """Drop everything that was made from the columns as they were."""
        self.prepared.clear()
        self.models.clear()

    def key(self, plan: ModelPlan, seed: int) -> str:
        """The name of one training on the disk: the model, the seed, and the digest of all that it depends on but the data."""
        content = [
            plan.name,
            plan.kind,
            plan.training.model_dump() if plan.training else None,
            plan.settings,
            [c.name for c in self.schema.inputs],
            self.scale,
        ]
        plain = re.sub(r"[^\w.-]+", "-", plan.name)[:40]
        return f"{plain}-{digest(content)[:8]}-{seed}"

    def train(self, plan: ModelPlan, seed: int) -> Fitted:
        """The model of one seed, trained now, or taken up from its checkpoint."""
        name = self.key(plan, seed)
        if name in self.models:
            return self.models[name]
        rows = self.prepare(seed)
        with settings_explained(plan):
            fitted = fit(
                plan,
                rows.train,
                rows.y_train,
                rows.goal,
                seed=seed,
                validation=(rows.validation, rows.y_validation),
                device=self.device,
                checkpoint=self.folder / f"{name}.safetensors",
                on_epoch=self.told(plan),
            )
        if seed == self.seed:
            self.models[name] = fitted
        return fitted

    def told(self, plan: ModelPlan) -> Callable[[int, float], None] | None:
        """What is called after each epoch of a model."""
        listener = self.on_epoch
        return None if listener is None else lambda epoch, loss: listener(plan, epoch, loss)

    def figures(self, plan: ModelPlan, seed: int) -> Figures:
        """The validation figures of one seed, from the disk where they are there already."""
        path = self.folder / f"{self.key(plan, seed)}.json"
        if path.exists():
            return Figures(**json.loads(path.read_text()))
        fitted, rows = self.train(plan, seed), self.prepare(seed)
        metrics = measure(rows.goal.task, rows.y_validation, fitted.scores(rows.validation))
        found = Figures(seed=seed, metrics=metrics, epochs=fitted.epochs, seconds=fitted.cost.seconds if fitted.cost else 0.0)
        write_text(path, json.dumps(found.__dict__))
        return found

    def refit(self, plan: ModelPlan, *, epochs: int) -> tuple[Fitted, Preparer]:
        """The model for use: trained again on training and validation rows, for as many passes as were best before."""
        rows = self.split(self.seed).development
        preparer = fit_preparer(self.frame[rows], self.schema, scale=self.scale)  # pyright: ignore[reportArgumentType]
        if plan.training:
            plan = plan.model_copy(update={"training": plan.training.model_copy(update={"epochs": max(1, epochs)})})
        checkpoint = self.folder / f"final-{self.key(plan, self.seed)}.safetensors"
        goal = goal_for(self.y, self.classes, rows)
        return fit(
            plan, preparer(self.frame[rows]), self.y[rows], goal, seed=self.seed, device=self.device, checkpoint=checkpoint
        ), preparer
