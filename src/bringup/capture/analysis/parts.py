"""Evaluated rows against trained ones: are they the same rows, and were they prepared in the same way?"""

import warnings
from typing import Any

import numpy as np

from bringup.capture.analysis.overlap import overlapping
from bringup.capture.analysis.rounding import unit_of
from bringup.capture.analysis.sites import Group, Rows, classes_of
from bringup.record import PartsFacts

MOST_ROWS = 4000
LEAST_ROWS = 10
MOST_CALLS = 200
MOST_COMPARED = 200  # rows of tokens
NEARLY = 0.75  # of the places of a row
MOST_OTHERWISE = 20
OTHERWISE = 0.5  # training standard deviations
IMAGE = 4  # axes: rows, channels, height, width
CONTINUOUS = 0.2  # a feature has this many distinct values a row, or more
RICH_FEATURES, RICH_VALUES = 30, 5  # or as many features with as many values each


def parts_of(group: Group) -> list[PartsFacts]:
    """One entry for each evaluating place of a group."""
    found = [compare(group, rows) for rows in group.evaluate if len(rows.input) >= LEAST_ROWS]
    agree = [facts for facts in found if facts.rows >= LEAST_ROWS and facts.largest_shift < 1 and not facts.rescaled]
    return [
        facts.model_copy(
            update={
                "another_agrees": facts.another_agrees or any(other.evaluate != facts.evaluate for other in agree),
                "another_has_all_classes": any(
                    other.rows and not other.not_evaluated for other in found if other.classes_trained
                ),
            }
        )
        for facts in found
    ]


def compare(group: Group, rows: Rows) -> PartsFacts:
    """Compare one evaluating place with all training places."""
    until = int(rows.step.max())
    trained = [entry.where(entry.step < until) if until else entry for entry in group.train]
    train = np.concatenate([entry.flat for entry in trained])[-MOST_ROWS:]
    flat = rows.flat[:MOST_ROWS]
    facts: dict[str, Any] = {
        "train": group.main.call.site,
        "evaluate": rows.call.site,
        "evaluated": len(flat),
        "trained": len(train),
    }
    if len(train) < LEAST_ROWS:
        return PartsFacts(**facts)
    keys, known = keys_of(flat, train), set(keys_of(train, train))
    found = np.array([key in known for key in keys])
    mine = set(keys)
    distinct = len(mine)
    repeated = len(mine & known)
    facts |= {
        "distinct": distinct,
        "found": repeated / distinct,
        "found_by_chance": chance(flat, train),
        "covered": len(known & mine) / len(known),
        "switches": switches(found),
        "rich": is_rich(train),
    }
    unseen = ~found
    if not rows.is_numbers:
        facts["found_nearly"] = nearly(flat[unseen][:MOST_COMPARED], train)
    facts |= {"rows": int(unseen.sum()), **labels_never_trained(group, rows, unseen)}
    if unseen.sum() >= LEAST_ROWS and rows.is_numbers:
        windows = np.concatenate([entry.input for entry in trained])[-MOST_ROWS:]
        facts["overlapping"] = overlapping(windows, rows.input[:MOST_ROWS][unseen])
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)  # features that have no value at all
            facts |= shift_of(train, flat[unseen], len(rows.input.shape) == IMAGE)
        facts["another_agrees"] = some_call_agrees(train, flat, unseen, rows.number[: len(flat)])
    return PartsFacts(**facts)


def keys_of(values: np.ndarray, like: np.ndarray) -> list[bytes]:
    """What identifies a row: its values, rounded to what single precision keeps of them."""
    unit = unit_of(np.nanstd(like, axis=0))
    with np.errstate(invalid="ignore"):
        codes = np.round(values / unit) + 0.0
    return [row.tobytes() for row in np.ascontiguousarray(codes)]


def chance(flat: np.ndarray, train: np.ndarray) -> float:
    """The share of evaluated rows that would be found among training rows if the features were independent."""
    random = np.random.default_rng(0)
    mixed = train.copy()
    for column in range(mixed.shape[1]):
        random.shuffle(mixed[:, column])
    known = set(keys_of(mixed, train))
    distinct = set(keys_of(flat, train))
    return len(distinct & known) / len(distinct)


def nearly(tokens: np.ndarray, train: np.ndarray) -> float:
    """The share of rows of tokens that agree with a training row in most places; the commonest token, a filler, is no place."""
    if not len(tokens):
        return 0.0
    values, counts = np.unique(train, return_counts=True)
    filler = values[counts.argmax()]
    alike = [((train == row) & (row != filler)).sum(axis=1).max() >= NEARLY * max(1, (row != filler).sum()) for row in tokens]
    return float(np.mean(alike))


def switches(found: np.ndarray) -> float:
    """How often rows that were trained on and rows that were not follow each other, 1 where they are mixed by chance."""
    share = found.mean()
    expected = 2 * share * (1 - share) * (len(found) - 1)
    return float((found[1:] != found[:-1]).sum() / expected) if expected > 0 else 1.0


def is_rich(train: np.ndarray) -> bool:
    """Whether equal rows cannot be a matter of few possible values."""
    distinct = np.array([len(np.unique(column)) for column in train[:1000, :500].T])
    return bool((distinct > CONTINUOUS * min(1000, len(train))).sum() >= 2 or (distinct >= RICH_VALUES).sum() >= RICH_FEATURES)


def labels_never_trained(group: Group, rows: Rows, unseen: np.ndarray) -> dict[str, Any]:
    """Evaluated rows of classes that no training row has; only where every training label was seen."""
    truth = classes_of(rows.target)
    labels = [entry.labels if entry.labels is not None else entry.target for entry in group.train]
    known = [classes_of(entry) for entry in labels]
    complete = all(entry.labels is None or len(entry.labels) >= entry.labels_seen for entry in group.train)
    if truth is None or any(entry is None for entry in known) or not unseen.any() or counts_rows(truth):
        return {}
    everything = np.concatenate([entry for entry in known if entry is not None])
    trained = np.unique(everything)
    judged = truth[: len(unseen)][unseen]
    new = ~np.isin(judged, trained)
    return {
        "labels_complete": complete,
        "classes_trained": len(trained),
        "classes_evaluated": len(np.unique(judged)),
        "classes_new": len(np.unique(judged[new])),
        "rows_of_new_classes": int(new.sum()),
        "not_evaluated": float((~np.isin(everything, judged)).mean()),
    }


def counts_rows(truth: np.ndarray) -> bool:
    """Whether targets are the numbers of their rows, as where each row has to find its own partner, and no classes."""
    return len(truth) > 2 and np.array_equal(truth, np.arange(len(truth)))


def shift_of(train: np.ndarray, other: np.ndarray, image: bool) -> dict[str, Any]:
    """How far evaluated rows lie from training rows, feature by feature, and whether one scale and offset explains it."""
    with np.errstate(all="ignore"):
        mean, spread = np.nanmean(train, axis=0), np.nanstd(train, axis=0)
        their_mean, their_spread = np.nanmean(other, axis=0), np.nanstd(other, axis=0)
    size = np.nanmax(np.abs(train), axis=0)
    vary = (spread > 1e-6 * np.maximum(size, 1e-12)) & np.isfinite(their_mean) & np.isfinite(spread)
    if not vary.any():
        return {}
    with np.errstate(all="ignore"):
        otherwise = vary & ((np.abs(their_mean - mean) >= OTHERWISE * spread) | (their_spread <= OTHERWISE * spread))
    mean, spread, their_mean, their_spread = mean[vary], spread[vary], their_mean[vary], their_spread[vary]
    away = np.abs(their_mean - mean) / spread
    reverse = np.abs(their_mean - mean) / np.maximum(their_spread, 1e-12)
    moving = their_spread > 1e-9
    ratio = their_spread[moving] / spread[moving]
    facts: dict[str, Any] = {
        "features": int(vary.sum()),
        "largest_shift": float(away.max()),
        "median_shift": float(np.median(away)),
        "shifted": float((away > 1).mean()),
        "shifted_back": float((reverse > 1).mean()),
        "noise": float(np.sqrt(1 / len(train) + 1 / len(other))),
        "standardised": float(((np.abs(mean) < 0.3) & (np.abs(spread - 1) < 0.35)).mean()),
        "standardised_there": float(((np.abs(their_mean) < 0.3) & (np.abs(their_spread - 1) < 0.35)).mean()),
        "together": together(train[:, vary]),
        "otherwise_there": tuple(int(place) for place in np.flatnonzero(otherwise)[:MOST_OTHERWISE]),
    }
    if moving.any():
        facts["scale"] = float(np.median(ratio))
        facts["scales_differ"] = float(np.quantile(ratio, 0.95) / max(np.quantile(ratio, 0.05), 1e-12))
        facts |= straightness(mean[moving], spread[moving], their_mean[moving], their_spread[moving])
        facts["image"] = image
        facts["spreads_differ"] = float(np.std(np.log(spread[moving])))
    return facts


def some_call_agrees(train: np.ndarray, flat: np.ndarray, unseen: np.ndarray, number: np.ndarray) -> bool:
    """Whether one of several calls got rows like those trained on: then the others are different on purpose."""
    calls = np.unique(number[unseen])
    if not 1 < len(calls) <= MOST_CALLS:
        return False
    mean, spread = train.mean(axis=0), train.std(axis=0)
    vary = spread > 1e-6 * np.maximum(np.abs(train).max(axis=0), 1e-12)
    if not vary.any():
        return False
    for call in calls:
        part = flat[unseen & (number == call)][:, vary]
        if len(part) < LEAST_ROWS:
            continue
        noise = 4 / np.sqrt(len(part))
        away = np.abs(part.mean(axis=0) - mean[vary]) / spread[vary]
        wide = np.median(part.std(axis=0) / spread[vary])
        if (away < 0.5 + noise).mean() > 0.95 and 1 / (1.3 + noise) < wide < 1.3 + noise:
            return True
    return False


def together(train: np.ndarray) -> float:
    """The median correlation of neighbouring features, without sign: near 1 where they are one quantity at several times."""
    if train.shape[1] < 2:
        return 0.0
    part = train[:, :200]
    with np.errstate(all="ignore"):
        values = [abs(np.corrcoef(part[:, k], part[:, k + 1])[0, 1]) for k in range(part.shape[1] - 1)]
    values = [value for value in values if np.isfinite(value)]
    return float(np.median(values)) if values else 0.0


def straightness(mean: np.ndarray, spread: np.ndarray, their_mean: np.ndarray, their_spread: np.ndarray) -> dict[str, Any]:
    """One scale and one offset for all features: how much of the means and spreads they explain."""
    if len(mean) < 8:
        return {}
    scale = float((spread * their_spread).sum() / (spread**2).sum())
    offset = float(their_mean.mean() - mean.mean())
    residual = (their_mean - their_mean.mean()) - scale * (mean - mean.mean())
    with np.errstate(all="ignore"):
        along = float(np.corrcoef(spread, their_spread)[0, 1])
    return {
        "factor": scale,
        "offset": offset / float(np.median(spread)),
        "residual": float(np.sqrt((residual**2).mean()) / max(np.median(their_spread), 1e-12)),
        "spread_alike": along if np.isfinite(along) else 0.0,
    }
