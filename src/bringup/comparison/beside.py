"""Published figures beside ours: which of our models is of the same kind, may the two be compared, and does ours hold up."""

import re
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from math import isclose, isfinite, sqrt

from bringup.comparison.known_results import LOWER_IS_BETTER, WORTH, KnownResult
from bringup.comparison.recognise import catalogue
from bringup.comparison.statistics import Interval

# Our kinds of model, and how papers write them. A random forest, a Bayesian network or a residual network is another kind.
KINDS: dict[str, re.Pattern[str]] = {
    "mlp": re.compile(r"\b(mlp|avnnet|multilayer perceptron)|deterministic pass", re.IGNORECASE),
    "trees": re.compile(r"\b(xgboost|lightgbm|catboost|gbdt|gbm|(hist)?gradient ?boosting)", re.IGNORECASE),
    "linear": re.compile(r"\b(multinom|logistic ?regression|linear (regression|classifier)|lasso|ridge)", re.IGNORECASE),
    "constant": re.compile(r"\b(majority|constant|no information)", re.IGNORECASE),
}

# Half a unit of the last digit in which most tables are printed (97.5 %): two figures closer than this are the same figure.
ROUNDING_SHARE = 0.0005
ROUNDING_RELATIVE = 0.005  # of an error in the target's unit, printed to three digits

ROW_TOLERANCE = 0.005  # relative: two test sets with such row counts are the same


@dataclass(frozen=True)
class Protocol:
    """How our figure was measured.

    Attributes:
        test_rows: Rows that our figure was measured on.
        given: Whether they are a test file of their own, as published, and not split off our rows.
        seeds: How many seeds our figure is the mean of.
    """

    test_rows: int
    given: bool
    seeds: int = 1


def beside(
    known: Sequence[KnownResult],
    *,
    metric: str,
    ours: Mapping[str, float],
    intervals: Mapping[str, Interval],
    protocol: Protocol,
) -> tuple[KnownResult, ...]:
    """Fill in our side of the published figures in one metric; rows in other metrics are returned as they are.

    `comparable` is true only where both figures are of the same test rows. Cross-validation, leave-one-out, removed rows and
    random splits differ in a way that moves a figure by as much as models do; the note names the difference.

    `within_spread` says that ours is no worse than the published figure by more than the largest of

    - two standard deviations over the published seeds: what their own next run might have given;
    - half the width of our interval over test rows: of two models whose errors are correlated by one half, as of any two good
      models on the same rows, this is the 95 % noise of their *difference*, which seeds do not show (a deterministic model has
      no spread at all);
    - the rounding of printed figures.

    It is filled in where the kinds of model agree, also where `comparable` is false: it is then a plausibility check, and the
    note says why.

    Args:
        known: Figures of the registry.
        metric: Ours, such as "accuracy".
        ours: Our test figure by kind of model ("mlp", "trees", "linear", "constant").
        intervals: The intervals of these figures over test rows; a model without one is judged by a binomial of `test_rows`.
        protocol: How ours was measured.
    """
    return tuple(_beside(result, ours, intervals, protocol) if result.metric == metric else result for result in known)


def _beside(
    result: KnownResult, ours: Mapping[str, float], intervals: Mapping[str, Interval], protocol: Protocol
) -> KnownResult:
    difference = protocol_difference(result, protocol)
    kind = next((name for name, written in KINDS.items() if name in ours and written.search(result.model)), None)
    update: dict[str, object] = {"comparable": difference == "", "note": difference}
    if kind is not None and isfinite(ours[kind]):
        room = tolerance(result, intervals.get(kind), protocol)
        ahead = ours[kind] - result.value if result.metric not in LOWER_IS_BETTER else result.value - ours[kind]
        tuned = "tuned there, defaults here" if "(tuned)" in result.model else ""
        note = "; ".join(part for part in (difference, tuned) if part)
        update |= {"ours": ours[kind], "ours_model": kind, "within_spread": ahead >= -room, "note": note}
    return result.model_copy(update=update)


def tolerance(result: KnownResult, interval: Interval | None, protocol: Protocol) -> float:
    """Return how far behind a published figure ours may lie and be within its spread, in the figure's unit; see `beside`."""
    errors = result.metric in LOWER_IS_BETTER
    rounding = ROUNDING_RELATIVE * result.value if errors else ROUNDING_SHARE
    half = interval.half_width if interval is not None else float("nan")
    if not isfinite(half):
        share = result.value if result.metric == "accuracy" else 0.0
        half = 1.96 * sqrt(share * (1 - share) / max(protocol.test_rows, 1))
    return max(2 * (result.std or 0.0), half, rounding)


def protocol_difference(result: KnownResult, protocol: Protocol) -> str:
    """Return how the published figure was measured otherwise than ours, as a clause; "" where both are of the same rows."""
    text = result.protocol.lower()
    here = f"a test file of {protocol.test_rows} rows here" if protocol.given else f"{protocol.test_rows} rows held out here"
    for words, there in _PROTOCOLS:
        if words in text:
            return f"{there} there, {here}"
    official = next((entry.test_rows for entry in catalogue() if entry.name == result.dataset), None)
    if official and protocol.given and isclose(protocol.test_rows, official, rel_tol=ROW_TOLERANCE):
        return ""
    there = f"the official test set of {official} rows" if official else "another split"
    return f"{there} there, {here}"


# words of a protocol in the registry → what was done there
_PROTOCOLS = (
    ("removing rows with unknowns", "the official test set without its rows with unknown values"),
    ("na rows dropped", "rows with unknown values dropped, one third held out"),
    ("4-fold cv", "four-fold cross-validation or its own test split"),
    ("10-fold cv", "ten-fold cross-validation"),
    ("leave-one-out", "leave-one-out"),
    ("20 splits", "the mean of 20 random splits, nine tenths for training,"),
    ("progressive", "each row predicted before it was learned from"),
)


def select(known: Sequence[KnownResult], *, limit: int = 8) -> tuple[KnownResult, ...]:
    """Return the figures worth showing, in the order of worth.

    First of all the best of every kind, whatever its model (a person wants to know what is possible), and for each of our
    models the one to hold it against; then the other comparable ones of our kinds of model; then the rest, as far as there is
    room.
    """
    heads = _firsts(known, lambda result: (result.metric, result.kind))
    matched = sorted((result for result in known if result.ours is not None), key=lambda result: not result.comparable)
    heads += _firsts(matched, lambda result: (result.metric, result.ours_model))

    def rank(place: int) -> tuple[bool, bool, bool, int]:
        result = known[place]
        return result not in heads, result.ours is None or not result.comparable, result.ours is None, place

    kept = sorted(sorted(range(len(known)), key=rank)[:limit])
    return tuple(sorted((known[place] for place in kept), key=lambda result: WORTH.index(result.kind)))


def _firsts(known: Sequence[KnownResult], group: Callable[[KnownResult], Hashable]) -> list[KnownResult]:
    """The first of each group; the registry lists the best first."""
    return list({group(result): result for result in reversed(known)}.values())
