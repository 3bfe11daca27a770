"""How far the rows of a part lie from the training rows: column by column, all together, and in the spelling of labels."""

import numpy as np
import polars as pl

from bringup.data.profile.columns import as_floats, normal_form
from bringup.data.schema import Column, Schema
from bringup.record import Part, ShiftFacts

ROWS = 5_000  # a part, for the classifier that tells parts apart
COLUMNS = 200  # columns that it looks at
LEVELS = 200  # commonest levels of a category that it tells apart; HistGradientBoosting takes 255


def shifts(train: pl.DataFrame, other: pl.DataFrame, part: Part, schema: Schema) -> tuple[ShiftFacts, ...]:
    """Measure every input and the target of another part against the training rows; texts and missing columns are left out."""
    if not len(train) or not len(other):
        return ()
    columns = [*schema.inputs, *([schema.target] if schema.target else [])]
    both = set(train.columns) & set(other.columns)
    there = [column for column in columns if column.name in both and column.role != "text"]
    return tuple(shift_of(train[column.name], other[column.name], part, column) for column in there)


def shift_of(train: pl.Series, other: pl.Series, part: Part, column: Column) -> ShiftFacts:
    """Measure one column."""
    amount = column.role in ("number", "date") or (
        column.role == "target" and column.dtype in ("float", "int") and train.n_unique() > 20
    )
    if amount and not train.dtype.is_(pl.String):
        distance, noise = mean_distance(as_floats(train), as_floats(other))
        unseen = 0.0
    else:
        distance, noise, unseen = level_distance(train.cast(pl.String), other.cast(pl.String))
    missing = other.null_count() / len(other) - train.null_count() / len(train)
    return ShiftFacts(column=train.name, part=part, distance=distance, noise=noise, missing=missing, unseen=unseen)


def mean_distance(train: np.ndarray, other: np.ndarray) -> tuple[float, float]:
    """The difference of the means in training standard deviations, and the standard error of that difference."""
    train, other = train[np.isfinite(train)], other[np.isfinite(other)]
    if len(train) < 2 or len(other) < 2:
        return 0.0, 1.0
    with np.errstate(all="ignore"):
        spread = float(train.std())
        gap = float(other.mean() - train.mean())
    if not np.isfinite(gap) or not np.isfinite(spread):
        return 0.0, 1.0
    if spread <= 1e-12 * max(1.0, abs(float(train.mean()))):
        return (0.0 if abs(gap) <= 1e-9 * max(1.0, abs(float(train.mean()))) else float("inf")), 0.0
    return gap / spread, float(np.sqrt(1 / len(train) + 1 / len(other)))


def level_distance(train: pl.Series, other: pl.Series) -> tuple[float, float, float]:
    """Total variation distance of two categories, what chance gives, and the share of rows with a level new to training.

    By chance each level's share is off by about sqrt(2/π · p(1-p) · (1/n + 1/m)); half their sum is the expected distance.
    """
    train, other = train.drop_nulls().rename("level"), other.drop_nulls().rename("level")
    if not len(train) or not len(other):
        return 0.0, 1.0, 0.0
    counts = train.value_counts(name="n").join(other.value_counts(name="m"), on="level", how="full", coalesce=True)
    counts = counts.fill_null(0).sort("level")  # sums in a fixed order: the lock compares them to the last digit
    n, m = counts["n"].to_numpy().astype(float), counts["m"].to_numpy().astype(float)
    pooled = (n + m) / (n.sum() + m.sum())
    noise = 0.5 * np.sqrt(2 / np.pi * pooled * (1 - pooled) * (1 / n.sum() + 1 / m.sum())).sum()
    distance = 0.5 * np.abs(n / n.sum() - m / m.sum()).sum()
    return float(distance), float(noise), float(m[n == 0].sum() / m.sum())


def label_variants(train: pl.DataFrame, test: pl.DataFrame, schema: Schema) -> tuple[tuple[str, str], ...]:
    """Labels of the test rows that training does not have, but has under another spelling (case, blanks, a final stop).

    Returns:
        (label in the training rows, its other spelling in the test rows) pairs, in the order of the test label's text.
    """
    target = schema.target
    if target is None or target.name not in train.columns or target.name not in test.columns:
        return ()
    known = train[target.name].cast(pl.String).drop_nulls().unique().sort().to_list()
    forms = {normal_form(label): label for label in known if normal_form(label)}
    unknown = sorted(set(test[target.name].cast(pl.String).drop_nulls().unique().to_list()) - set(known))
    return tuple((forms[normal_form(label)], label) for label in unknown if normal_form(label) in forms)


def discriminate(train: pl.DataFrame, test: pl.DataFrame, schema: Schema, seed: int) -> float:
    """Area under the ROC curve of a small boosted-tree classifier that tells test rows from training rows; 0.5 is no shift.

    Two-fold cross-fitted, on at most 5,000 rows a part and 200 columns (a classifier two-sample test: Lopez-Paz & Oquab 2017).
    """
    from sklearn.ensemble import HistGradientBoostingClassifier
    from sklearn.metrics import roc_auc_score
    from threadpoolctl import threadpool_limits

    common = set(train.columns) & set(test.columns)
    names = [column.name for column in schema.inputs if column.role != "text" and column.name in common]
    random = np.random.default_rng(seed)
    if len(names) > COLUMNS:
        names = sorted(random.choice(names, COLUMNS, replace=False).tolist(), key=names.index)
    if not names or min(len(train), len(test)) < 10:
        return 0.5
    frames = [part.select(names)[np.sort(random.permutation(len(part))[:ROWS])] for part in (train, test)]
    both = pl.concat(frames, how="vertical_relaxed")
    matrix = np.column_stack([tree_column(both[name]) for name in names])
    answer = np.repeat([0, 1], [len(frames[0]), len(frames[1])])
    fold = np.zeros(len(answer), dtype=int)
    for label in (0, 1):
        place = np.flatnonzero(answer == label)
        fold[place[random.permutation(len(place))[: len(place) // 2]]] = 1
    areas: list[float] = []
    for held_out in (0, 1):
        fit, judge = fold != held_out, fold == held_out
        model = HistGradientBoostingClassifier(
            max_iter=50, max_leaf_nodes=15, random_state=seed
        )  # stops early over 10,000 rows
        with threadpool_limits(1):  # so small a fit is slower on many threads, and on a busy machine far slower
            model.fit(matrix[fit], answer[fit])
            scores = model.predict_proba(matrix[judge])[:, 1]
        areas.append(float(roc_auc_score(answer[judge], scores)))
    return float(np.mean(areas))


def tree_column(series: pl.Series) -> np.ndarray:
    """One column as the numbers a tree can cut: NaN where missing or infinite, levels numbered by falling frequency."""
    if series.dtype.is_numeric() or series.dtype.is_temporal() or series.dtype == pl.Boolean:
        values = as_floats(series)
        values[~np.isfinite(values)] = np.nan
        return values
    texts = series.cast(pl.String).rename("text")
    counts = texts.drop_nulls().value_counts(name="n").sort(["n", "text"], descending=[True, False])
    places = pl.DataFrame({"text": counts["text"], "place": np.minimum(np.arange(len(counts)), LEVELS).astype(float)})
    return (
        pl.DataFrame({"text": texts})
        .join(places, on="text", how="left", maintain_order="left")["place"]
        .fill_null(float("nan"))
        .to_numpy()
    )
