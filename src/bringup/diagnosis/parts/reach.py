"""How far a check reaches: those that judge a part of the program that was not handed over have nothing to judge."""

from collections.abc import Iterable

from bringup.checks import Check
from bringup.findings import CheckResult, Outcome

# The loop that trains and evaluates is ours, and so is how long it runs.
OF_THE_LOOP = frozenset(
    {
        "missing-step",
        "missing-zero-grad",
        "step-without-new-gradient",
        "scheduler-before-optimizer",
        "scheduler-never-stepped",
        "schedule-in-wrong-unit",
        "learning-rate-dies",
        "clipping-clips-everything",
        "evaluated-in-train-mode",
        "evaluation-keeps-the-graph",
        "graph-kept-over-steps",
        "held-out-rows-never-evaluated",
        "metric-of-one-batch",
        "trained-on-a-fraction",
        "stopped-while-still-improving",
    }
)
# An estimator prepares its inputs and targets itself, or needs no preparation; leaks are looked for in its table, by column.
OF_NETWORKS = frozenset(
    {
        "huge-targets",
        "raw-byte-inputs",
        "scaled-twice",
        "inputs-all-alike",
        "missing-values-reach-the-model",
        "code-for-unknown-in-inputs",
        "trained-in-order-of-labels",
        "one-input-answers",
        "target-among-inputs",
        "trained-on-a-fraction",
    }
)
REASONS = {OF_THE_LOOP: "the loop was not handed over", OF_NETWORKS: "it is for networks"}


def within_reach(checks: Iterable[Check], left_out: frozenset[str]) -> tuple[tuple[Check, ...], tuple[CheckResult, ...]]:
    """The checks that may judge, and the outcomes of the others."""
    reason = REASONS[left_out]
    judging, others = [], []
    for check in checks:
        if check.name in left_out:
            others.append(CheckResult(code=check.code, name=check.name, outcome=Outcome.NOT_APPLICABLE, reason=reason))
        else:
            judging.append(check)
    return tuple(judging), tuple(others)
