"""How well a model answers, beside simple models on the same rows."""

import math
from dataclasses import replace
from typing import Any

import numpy as np

from bringup.capture.analysis import simple
from bringup.capture.analysis.sites import Group, Rows, answers_of, classes_of
from bringup.record import AnswersFacts, Record

LEAST_ROWS = 60
LEAST_JUDGED = 20
EXCELLENT = 0.97
EXACT = 0.999999  # correlation of two columns that are the same in single precision
FEW_ROWS = 1000  # of which more may help
FEW_FEATURES, MOST_FEATURES = 3, 200  # between which one feature is looked at alone
UNEVEN = 4  # times as many rows in the commonest class as in the rarest
LAST = 0.1  # of the steps: the end of the training
MOST_LABELS, BALANCED = 30, 0.15  # of a row; the least share of a label that is looked at


def answers_facts(group: Group, record: Record) -> AnswersFacts | None:
    """Compare; None where no training target was seen, or the rows are tokens or too few."""
    if not group.main.is_numbers:
        return None
    group = with_one_label(group)
    rows = group.main
    if rows.target is None or rows.output is None:
        return None
    classes = classes_of(rows.target)
    classification = classes is not None and names_classes(rows.output, int(classes.max()) + 1)
    target = classes if classification else amounts(rows)
    if target is None:
        return None
    x, y = simple.shuffled(rows.flat, target)
    if len(x) < LEAST_ROWS or len(np.unique(y)) < 2:
        return None
    judge = judge_of(group, classification)
    facts = AnswersFacts(
        site=rows.call.site,
        task="classification" if classification else "regression",
        rows=len(x),
        features=x.shape[1],
        flat=rows.input.ndim == 2,
        **last_loss(record),
    )
    if not classification:
        facts = facts.model_copy(update={"target_mean": float(y.mean()), "target_std": float(y.std())})
    if classification:
        facts = with_classes(facts, group, y)
    facts = with_judge(facts, judge, x, y)
    return with_simple(facts, judge, x, y)


def with_one_label(group: Group) -> Group:
    """Of several labels a row, each yes or no, the one that goes most with some input, if it is neither rare nor common."""
    target, output = group.main.target, group.main.output
    if target is None or output is None or target.ndim != 2 or output.shape != target.shape:
        return group
    features = int(np.prod(group.main.input.shape[1:]))
    if not 2 <= target.shape[1] < min(MOST_LABELS, features) or not np.isin(target, (0, 1)).all():
        return group
    balanced = [k for k, share in enumerate(target.mean(axis=0)) if BALANCED <= share <= 1 - BALANCED]
    if classes_of(target) is not None or not balanced:
        return group
    x, y = (values - values.mean(axis=0) for values in (group.main.flat, target[:, balanced].astype(np.float64)))
    with np.errstate(all="ignore"):
        along = np.abs(x.T @ y) / (np.linalg.norm(x, axis=0)[:, None] * np.linalg.norm(y, axis=0))
    label = balanced[int(np.nan_to_num(along).max(axis=0).argmax())]
    return Group([one_of(rows, label) for rows in group.train], [one_of(rows, label) for rows in group.evaluate])


def one_of(rows: Rows, label: int) -> Rows:
    """The rows with one of their labels, and what was answered about it."""

    def narrowed(values: np.ndarray | None) -> np.ndarray | None:
        return (
            values[:, label].astype(np.float64) if values is not None and values.ndim == 2 and values.shape[1] > label else None
        )

    return replace(rows, target=narrowed(rows.target), output=narrowed(rows.output), labels=None, label_call=None)


def names_classes(output: np.ndarray, classes: int) -> bool:
    """Whether an output can name so many classes."""
    width = output.reshape(len(output), -1).shape[1]
    return output.ndim <= 2 and (width >= classes if width > 1 else classes == 2)


def amounts(rows: Rows) -> np.ndarray | None:
    """Targets as one amount a row; None where they are several, or whole numbers."""
    if rows.target is None or rows.target.dtype.kind != "f":
        return None
    flat = rows.target.reshape(len(rows.target), -1)
    output = rows.output.reshape(len(flat), -1) if rows.output is not None else flat
    return flat[:, 0].astype(float) if flat.shape[1] == 1 and output.shape[1] == 1 else None


def judge_of(group: Group, classification: bool) -> Rows | None:
    """The evaluated rows with a known truth that were not trained on, those of the last pass."""
    from bringup.capture.analysis.parts import keys_of

    train = np.concatenate([entry.flat for entry in group.train])
    known = set(keys_of(train, train))
    found = []
    for rows in group.evaluate:
        truth = classes_of(rows.target) if classification else amounts(rows)
        if truth is None or rows.output is None:
            continue
        unseen = rows.where(np.array([key not in known for key in keys_of(rows.flat, train)]))
        if len(unseen.input) >= LEAST_JUDGED:
            found.append(unseen)
    return max(found, key=lambda rows: (int(rows.step.max()), len(rows.input))) if found else None


def last_loss(record: Record) -> dict[str, Any]:
    """The mean loss of the last steps."""
    series = record.series.get("step/loss")
    if series is None or not series.finite:
        return {}
    values = series.values[-max(1, int(LAST * len(series))) :]
    return {"loss": float(np.mean(values))}


def with_classes(facts: AnswersFacts, group: Group, y: np.ndarray) -> AnswersFacts:
    """Add the shares of classes, in training and in the answers."""
    labels = classes_of(group.main.labels) if group.main.labels is not None else y
    counts = np.bincount(y if labels is None else labels)
    shares = counts / counts.sum()
    entropy = -sum(share * math.log(share) for share in shares if share > 0)
    answered: tuple[float, ...] = ()
    sites = [rows for rows in group.evaluate if rows.output is not None and len(rows.output) >= LEAST_JUDGED]
    if sites:
        last = max(sites, key=lambda rows: (int(rows.step.max()), len(rows.input)))
        assert last.output is not None
        answers = answers_of(last.output)
        counted = np.bincount(answers, minlength=len(shares))[: len(shares)]
        answered = tuple(float(share) for share in counted / max(1, len(answers)))
    return facts.model_copy(update={"shares": tuple(float(s) for s in shares), "entropy": float(entropy), "answered": answered})


def with_judge(facts: AnswersFacts, judge: Rows | None, x: np.ndarray, y: np.ndarray) -> AnswersFacts:
    """Add the score of the model, and that of chance."""
    classification = facts.task == "classification"
    if judge is None or judge.output is None:
        chance = float(np.bincount(y).max() / len(y)) if classification else 0.0
        return facts.model_copy(update={"chance": chance, "error": error(chance, len(x), classification)})
    update: dict[str, Any] = {"judged": judge.call.site, "judged_rows": len(judge.input)}
    if classification:
        truth = classes_of(judge.target)
        assert truth is not None
        answers = answers_of(judge.output)
        update["model"] = float((answers == truth).mean())
        update["chance"] = float(np.bincount(truth).max() / len(truth))
        update["recalls"] = simple.recalls(truth, answers, len(facts.shares))
        update["rare_area"] = rare_area(judge.output, truth, facts.shares)
    else:
        truth, answer = amounts(judge), judge.output.reshape(len(judge.output), -1)[:, 0]
        assert truth is not None
        spread = float(((truth - truth.mean()) ** 2).sum())
        update["model"] = 1 - float(((truth - answer) ** 2).sum()) / spread if spread > 0 else 0.0
    chance = update.get("chance", 0.0)
    update["error"] = error(float(chance), len(judge.input), classification)
    return facts.model_copy(update=update)


def rare_area(output: np.ndarray, truth: np.ndarray, shares: tuple[float, ...]) -> float | None:
    """How well the scores of the model rank the rows of the rarest class before the others."""
    from sklearn.metrics import roc_auc_score

    there = [number for number, share in enumerate(shares) if share > 0]
    rare = min(there, key=lambda number: shares[number])
    flat = output.reshape(len(output), -1).astype(float)
    positive = truth == rare
    if not positive.any() or positive.all() or not np.isfinite(flat).all():
        return None
    if flat.shape[1] == 1:
        score = flat[:, 0] if rare == 1 else -flat[:, 0]
    else:
        others = np.delete(flat, rare, axis=1).max(axis=1)
        score = flat[:, rare] - others
    return float(roc_auc_score(positive, score))


def error(chance: float, rows: int, classification: bool) -> float:
    """One standard error of a score of rows that are answered by chance."""
    return math.sqrt(max(chance * (1 - chance), 0.01) / rows) if classification else 1 / math.sqrt(rows)


def with_simple(facts: AnswersFacts, judge: Rows | None, x: np.ndarray, y: np.ndarray) -> AnswersFacts:
    """Add what simple models reach; where the model is excellent, only whether one feature alone does it."""
    classification = facts.task == "classification"
    update: dict[str, Any] = {}
    excellent = facts.model is not None and facts.model >= EXCELLENT
    if not excellent:
        update["own_score"] = simple.folded(x, y, classification=classification)
        if judge is not None:
            truth = classes_of(judge.target) if classification else amounts(judge)
            assert truth is not None
            fine = np.isfinite(judge.flat).all(axis=1)
            if fine.sum() >= LEAST_JUDGED:
                score, name = simple.best(x, y, judge.flat[fine], truth[fine], classification=classification)
                update |= {"simple": score, "simple_name": name}
    if facts.shares and UNEVEN * min(share for share in facts.shares if share > 0) < max(facts.shares):
        update["simple_recalls"] = simple.balanced_recalls(x, y, len(facts.shares))
    if FEW_FEATURES <= x.shape[1] <= MOST_FEATURES:
        update |= one_feature(x, y, classification)
        update["copied"] = None if classification else copied(x, y)
    if judge is not None and not excellent and len(x) <= FEW_ROWS:
        update["more_score"] = gain_of_more(x, y, judge, classification)
    return facts.model_copy(update=update)


def copied(x: np.ndarray, y: np.ndarray) -> int | None:
    """The input that the target is an exact straight line of."""
    with np.errstate(all="ignore"):
        along = [abs(float(np.corrcoef(column, y)[0, 1])) for column in x.T]
    best = int(np.nanargmax(along)) if np.isfinite(along).any() else 0
    return best if along[best] > EXACT else None


def gain_of_more(x: np.ndarray, y: np.ndarray, judge: Rows, classification: bool) -> float | None:
    """What simple models gain from twice as many rows, or more: half of the judging rows are trained on, the others judge."""
    truth = classes_of(judge.target) if classification else amounts(judge)
    assert truth is not None
    other_x, other_y = simple.shuffled(judge.flat, truth)
    half = len(other_x) // 2
    if half < len(x) or half < LEAST_ROWS:
        return None
    judging = (other_x[half:], other_y[half:])
    few, _ = simple.best(x, y, *judging, classification=classification)
    more_x, more_y = np.concatenate([x, other_x[:half]]), np.concatenate([y, other_y[:half]])
    return simple.best(more_x, more_y, *judging, classification=classification)[0] - few


def one_feature(x: np.ndarray, y: np.ndarray, classification: bool) -> dict[str, Any]:
    """The best feature alone, and the simple models without it where it explains nearly all."""
    place, score = simple.best_feature(x, y, classification=classification)
    chance = float(np.bincount(y).max() / len(y)) if classification else 0.0
    found: dict[str, Any] = {"feature": place, "feature_score": score}
    if score - chance >= 0.9 * (1 - chance):
        found["without_score"] = simple.folded(np.delete(x, place, axis=1), y, classification=classification)
    return found
