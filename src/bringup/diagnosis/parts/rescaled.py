"""The experiment on an estimator that simple models beat: does it answer better when its inputs are standardised?"""

from typing import Any

import numpy as np

from bringup.diagnosis.parts.answered import SURE, WORTH
from bringup.probes import PROBES, Answer, ProbeResult
from bringup.record import AnswersFacts

PROBE = PROBES["standardised-inputs"]

Pair = tuple[Any, np.ndarray]


def rescaled(estimator: Any, fit_on: Pair, judge: Pair, facts: AnswersFacts) -> ProbeResult | None:
    """Fit an estimator to standardised inputs, and compare its answers; None where that cannot be done.

    Args:
        estimator: An unfitted one, which is used up.
        facts: How the estimator answers as it is.
    """
    from sklearn.metrics import accuracy_score, r2_score
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    if facts.model is None or not all(is_numbers(x) for x, _ in (fit_on, judge)):
        return None
    try:
        answers = make_pipeline(StandardScaler(), estimator).fit(*fit_on).predict(judge[0])
    except Exception:  # noqa: BLE001 - an estimator may need its table as it is: then there is no such experiment
        return None
    score = accuracy_score if facts.task == "classification" else r2_score
    after = float(score(judge[1], answers))
    gain = after - facts.model
    answer: Answer = "yes" if gain > max(SURE * facts.error, WORTH) else "no" if gain <= max(facts.error, WORTH) else "unclear"
    return ProbeResult(
        probe=PROBE.name,
        question=PROBE.question,
        quantity="accuracy" if facts.task == "classification" else "R²",
        before=facts.model,
        after=after,
        answer=answer,
        meaning=PROBE.meaning(answer),
    )


def is_numbers(x: Any) -> bool:
    """Whether every value of an array or a table is a finite number."""
    try:
        values = np.asarray(x.to_numpy() if hasattr(x, "to_numpy") else x, dtype=float)
    except (ValueError, TypeError):
        return False
    return bool(np.isfinite(values).all())
