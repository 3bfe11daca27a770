"""An estimator in the style of scikit-learn: a clone is fitted, watched, and its rows and answers are recorded."""

import copy
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from bringup.capture.assemble import assemble
from bringup.capture.captured import Captured
from bringup.capture.process.keeper import describe
from bringup.diagnosis.parts.answered import answered, rows_of
from bringup.diagnosis.parts.kinds import is_skorch, name_of
from bringup.diagnosis.parts.randomness import seeded
from bringup.diagnosis.parts.rescaled import rescaled
from bringup.diagnosis.parts.seen import Seen, watched_training
from bringup.diagnosis.parts.table_facts import table_facts
from bringup.errors import BringupError
from bringup.models.threads import SMALL_TABLE
from bringup.record import FirstLayerFacts, Record, Task

HELD_OUT = 0.25
FORMS = "hand over (x, y): x [rows, columns] as an array or a table, y one value a row"

Pair = tuple[Any, np.ndarray]


@dataclass
class EstimatorParts:
    """What is fitted.

    Attributes:
        model: Is cloned for each fit; the person's own stays as it is.
        table: x and y as they were handed over.
        fit_on: x and y to fit.
        judge: x and y to judge by; None where the estimator holds rows out itself.
        given: Whether `judge` was handed over.
        fitted: The clone that was fitted last.
    """

    model: Any
    table: Pair
    fit_on: Pair
    judge: Pair | None
    given: bool
    task: Task
    seed: int
    fitted: Any = field(default=None, init=False)

    def train(self) -> None:
        """Fit a clone. Whatever it raises is passed on."""
        with seeded(self.seed), threadpool_limits(1 if self.is_small else None):
            estimator = cloned(self.model)
            estimator.fit(*self.fit_on)
            if self.given and self.judge is not None and is_skorch(estimator):
                estimator.predict(self.judge[0])  # seen as an evaluation
        self.fitted = estimator

    def first(self, root: Path | None) -> Seen:
        """Fit, watched; what the rows and the answers show is added."""
        seen = watched_training(self.train, name=name_of(self.model), root=root, expects_steps=False)
        program = seen.record.need("program")
        record = seen.record.with_(**self.sections())
        if program.backwards:  # it trains with torch, and was seen in depth
            return Seen(record, seen.error)
        record = record.with_(program=program.model_copy(update={"steps": 1}))
        if self.fitted is None or self.judge is None:
            return Seen(record, seen.error)
        try:
            return self.with_answers(record, self.judge)
        except Exception as error:  # noqa: BLE001 - the person's estimator, asked to predict
            raised = record.need("program").model_copy(update={"ending": "raised"})
            return Seen(record.with_(program=raised), describe(error))

    @property
    def is_small(self) -> bool:
        """Whether more than one thread would only get in its own way."""
        return len(self.table[1]) * int(np.prod(self.table[0].shape[1:])) <= SMALL_TABLE

    def sections(self) -> dict[str, Any]:
        """The table, measured; the rows for validation are held against it where they were handed over."""
        if len(self.table[0].shape) != 2:
            return {}
        with seeded(self.seed):
            return table_facts(*self.table, self.judge if self.given else None, task=self.task, seed=self.seed)

    def with_answers(self, record: Record, judge: Pair) -> Seen:
        """Add how the clone answers, beside simple models."""
        classes = np.unique(np.concatenate([self.fit_on[1], judge[1]])) if self.task == "classification" else None
        with seeded(self.seed):
            calls, samples = rows_of(self.fitted, (self.fit_on, judge), classes)
            found = assemble(Captured(Record(origin="capture", calls=calls), samples), record.need("program"))
            probes = answered(found.answers)
            beaten = [entry for entry, probe in zip(found.answers or (), probes, strict=False) if probe.answer != "yes"]
            scaled = rescaled(cloned(self.model), self.fit_on, judge, beaten[0]) if beaten else None
        sections = {"calls": calls, "input_rows": found.input_rows, "answers": found.answers, "program": found.program}
        sections |= {"parts": found.parts} if self.given else {}
        if scaled is None:
            return Seen(record.with_(**sections), probes=probes)
        if scaled.answer == "yes":
            sections["first_layers"] = (FirstLayerFacts(site=0, function="estimator", input=calls[0].input, as_given=True),)
        return Seen(record.with_(**sections), probes=(*probes, scaled))


def estimator_parts(model: Any, data: Any, validation: Any, *, seed: int) -> EstimatorParts:
    """The parts, each of them read.

    Raises:
        BringupError: if this estimator has no target, or the data are no pair (x, y) of a form that can be examined.
    """
    table = read_pair(data, "data")
    task = task_of(model, table[1])
    if validation is not None:
        return EstimatorParts(model, table, table, read_pair(validation, "validation"), True, task, seed)
    if is_skorch(model):
        return EstimatorParts(model, table, table, None, False, task, seed)
    fit_on, judge = split(*table, seed=seed, stratify=task == "classification")
    return EstimatorParts(model, table, fit_on, judge, False, task, seed)


def task_of(model: Any, y: np.ndarray) -> Task:
    """Classes or amounts: as the estimator says, or by the targets where it says nothing."""
    from sklearn.base import is_classifier, is_clusterer, is_outlier_detector, is_regressor

    if is_classifier(model):
        return "classification"
    if is_regressor(model):
        return "regression"
    if not callable(getattr(model, "predict", None)) or is_clusterer(model) or is_outlier_detector(model):
        raise BringupError(
            f"a {type(model).__name__} predicts no target",
            do="hand over a classifier or a regressor, or a pipeline that ends in one",
        )
    return "regression" if y.dtype.kind == "f" and not (y == np.round(y)).all() else "classification"


def cloned(model: Any) -> Any:
    """An unfitted copy. Raises `BringupError` where there is no way to make one."""
    from sklearn.base import clone

    try:
        made: Any = clone(model) if hasattr(model, "get_params") else copy.deepcopy(model)
    except Exception as error:  # noqa: BLE001 - an estimator may hold anything
        said = " ".join(str(error).split())[:200]
        raise BringupError(
            f"the {type(model).__name__} cannot be cloned, and your own is not to be fitted",
            there=f"{type(error).__name__}: {said}",
        ) from None
    return made.set_params(verbose=0) if is_skorch(made) else made


def read_pair(data: Any, name: str) -> Pair:
    """Inputs as they are, [rows, …], and targets [rows].

    Raises:
        BringupError: for what cannot be examined; the sentence says what to hand over.
    """
    if not isinstance(data, tuple | list) or len(data) != 2:
        there = "nothing" if data is None else f"a {type(data).__name__}"
        missing = hasattr(data, "shape") or (isinstance(data, tuple | list) and len(data) == 1)
        what = "the targets are missing" if missing else f"`{name}` for an estimator must be (x, y)"
        raise BringupError(what, there=f"`{name}` is {there}", do=FORMS)
    x, y = data
    if hasattr(x, "tocsr"):
        raise BringupError(
            "x is sparse",
            there=f"a {type(x).__name__} of shape {x.shape}",
            do="hand over x.toarray(), of a part of the rows if it is large",
        )
    x = x if hasattr(x, "shape") else np.asarray(x)
    x, y = (part.detach().cpu().numpy() if hasattr(part, "detach") else part for part in (x, y))
    y = np.asarray(y.to_numpy() if hasattr(y, "to_numpy") else y)
    y = y.ravel() if y.ndim == 2 and y.shape[1] == 1 else y
    if len(x.shape) < 2:
        raise BringupError(
            "x must have rows and columns", there=f"its shape is {tuple(x.shape)}", do="x.reshape(-1, 1) for a single column"
        )
    if y.ndim != 1:
        raise BringupError(
            "only one target at a time can be examined", there=f"y has shape {y.shape}", do="hand over one column of y"
        )
    if len(x) != len(y):
        raise BringupError("x and y differ in length", there=f"{len(x):,} rows, {len(y):,} targets", do="hand over as many")
    if not len(x):
        raise BringupError(f"`{name}` is empty", do=FORMS)
    return x, y


def split(x: Any, y: np.ndarray, *, seed: int, stratify: bool) -> tuple[Pair, Pair]:
    """Rows to fit and rows to judge by."""
    from sklearn.model_selection import train_test_split

    if len(y) < 2:
        raise BringupError("one row cannot be learned from and judged by", do=FORMS)
    rows = np.arange(len(y))
    try:
        fit, judge = train_test_split(rows, test_size=HELD_OUT, random_state=seed, stratify=y if stratify else None)
    except (ValueError, TypeError):  # classes of a single row, or no label
        fit, judge = train_test_split(rows, test_size=HELD_OUT, random_state=seed)
    from sklearn.utils import _safe_indexing

    return (_safe_indexing(x, np.sort(fit)), y[np.sort(fit)]), (_safe_indexing(x, np.sort(judge)), y[np.sort(judge)])
