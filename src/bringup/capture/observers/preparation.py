"""What is done with the data before the training, seen at the boundary to scikit-learn and numpy."""

import weakref
from typing import TYPE_CHECKING, Any

from bringup.capture.observer import Observer
from bringup.capture.source.person import Place
from bringup.findings import Where
from bringup.record import FitFacts, PreparationFacts, ScoreFacts, SplitCallFacts

if TYPE_CHECKING:
    import numpy as np

MOST = 200
MOST_SCORES = 8
MOST_VALUES = 20_000


class Preparation(Observer):
    """Fills `preparation`; keeps the arguments of the last metrics."""

    def __init__(self, session: Any) -> None:
        super().__init__(session)
        self.order = 0
        self.splits: list[SplitCallFacts] = []
        self.fits: list[FitFacts] = []
        self.scores: dict[Any, tuple[ScoreFacts, np.ndarray, np.ndarray]] = {}
        self.shuffles: list[Where] = []
        self.parts: list[tuple[weakref.ref[Any], str]] = []

    def on_split(self, arrays: Any, parts: Any, options: dict[str, Any], place: Place | None) -> None:
        """Note a call of `train_test_split`, and which array is which part."""
        if len(self.splits) >= MOST or not arrays:
            return
        rows, held_out = rows_in(arrays[0]), rows_in(parts[1]) if len(parts) > 1 else 0
        self.splits.append(
            SplitCallFacts(
                order=self.next(),
                where=self.session.person.where(place),
                rows=rows,
                held_out=held_out,
                stratified=options.get("stratify") is not None,
                shuffled=bool(options.get("shuffle", True)),
            )
        )
        for array in arrays:
            self.remember(array, "all")
        for number, part in enumerate(parts):
            self.remember(part, "held-out" if number % 2 else "train")

    def on_folds(self, kind: str, given: Any, shuffled: bool, place: Place | None) -> None:
        """Note a call of a splitter; which rows are held out changes from fold to fold."""
        if len(self.splits) < MOST and rows_in(given):
            where = self.session.person.where(place)
            stratified = "Stratified" in kind
            self.splits.append(
                SplitCallFacts(order=self.next(), where=where, rows=rows_in(given), stratified=stratified, shuffled=shuffled)
            )

    def remember(self, array: Any, part: str) -> None:
        """Know an array again, as long as it lives."""
        try:
            self.parts.append((weakref.ref(array), part))
        except TypeError:  # lists cannot be known again
            return
        del self.parts[:-MOST]

    def on_fit(self, kind: str, does: str, given: Any, supervised: bool, place: Place | None) -> None:
        """Note what a transformer was fitted on."""
        if len(self.fits) >= MOST:
            return
        rows, columns = rows_in(given), columns_in(given)
        part = next((part for known, part in reversed(self.parts) if known() is given), "unknown")
        again = any(fit.kind == kind and fit.columns == columns and fit.rows != rows for fit in self.fits)
        self.fits.append(
            FitFacts(
                order=self.next(),
                kind=kind,
                does=does,
                where=self.session.person.where(place),
                rows=rows,
                columns=columns,
                supervised=supervised,
                on=part,  # type: ignore[arg-type]
                again=again,
            )
        )

    def on_score(self, name: str, truth: Any, answer: Any, value: Any, place: Place | None) -> None:
        """Keep what a metric compared."""
        arrays = [plain(truth), plain(answer)]
        if arrays[0] is None or arrays[1] is None or len(arrays[0]) != len(arrays[1]):
            return
        decided = (
            arrays[1].ndim == 1 and bool((arrays[1] == arrays[1].round()).all()) if arrays[1].dtype.kind in "fiub" else False
        )
        facts = ScoreFacts(
            name=name,
            where=self.session.person.where(place),
            rows=len(arrays[0]),
            decided=decided,
            value=float(value) if isinstance(value, float | int) else None,
        )
        self.scores.pop((name, place), None)
        self.scores[name, place] = (facts, arrays[0][:MOST_VALUES], arrays[1][:MOST_VALUES])
        while len(self.scores) > MOST_SCORES:
            self.scores.pop(next(iter(self.scores)))

    def on_shuffle(self, place: Place | None) -> None:
        """Note a line that shuffled, before the training."""
        where = self.session.person.where(place)
        if where is not None and not self.session.steps and len(self.shuffles) < MOST and where not in self.shuffles[-1:]:
            self.shuffles.append(where)

    def next(self) -> int:
        """The next place in the order of events."""
        self.order += 1
        return self.order

    def facts(self) -> dict[str, Any]:
        """What was seen; nothing where nothing was."""
        if not (self.splits or self.fits or self.scores or self.shuffles):
            return {}
        return {
            "preparation": PreparationFacts(
                splits=tuple(self.splits),
                fits=tuple(self.fits),
                scores=tuple(facts for facts, _, _ in self.scores.values()),
                shuffles=tuple(self.shuffles),
            )
        }

    def samples(self) -> "dict[str, np.ndarray]":
        """What the metrics compared, in the order of `PreparationFacts.scores`: `score0/truth`, `score0/answer`."""
        found: dict[str, np.ndarray] = {}
        for number, (_, truth, answer) in enumerate(self.scores.values()):
            found |= {f"score{number}/truth": truth, f"score{number}/answer": answer}
        return found


def rows_in(value: Any) -> int:
    """How many rows something has; 0 where it does not tell."""
    shape = getattr(value, "shape", None)
    if shape:
        return int(shape[0])
    return len(value) if isinstance(value, list | tuple) else 0


def columns_in(value: Any) -> int:
    """How many columns something has."""
    shape = getattr(value, "shape", ())
    return int(shape[1]) if len(shape) > 1 else 1


def plain(value: Any) -> "np.ndarray | None":
    """Numbers as an array of their own; None for anything else."""
    import numpy as np

    try:
        array = np.array(value.detach().cpu() if hasattr(value, "detach") else value)
    except (TypeError, ValueError, RuntimeError):
        return None
    return array if array.ndim in (1, 2) and array.dtype.kind in "fiub" and np.isfinite(array.astype(float)).all() else None
