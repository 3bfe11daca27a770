"""The content of a lock: what each stage of the pipeline gave, and how far each figure moves from seed to seed."""

import json
from typing import Any

from bringup.recipe.plan import Plan
from bringup.record import Record
from bringup.record.plain import sayable

STAGES = (
    "raw",
    "schema",
    "split",
    "prepared",
    "batch",
    "initial-weights",
    "initial-loss",
    "one-batch",
    "curve",
    "metrics",
    "predictions",
    "cost",
    "versions",
)


def lock_content(record: Record, plan: Plan, *, spread: dict[str, float], model: str) -> dict[str, Any]:
    """Make a lock.

    Every stage holds a digest for "the same to the last digit" and statistics for "what changed, and by how much".

    Args:
        spread: Standard deviation of each validation metric over seeds; three of them are the tolerance.
        model: The model that was kept.
    """
    stages = {
        "raw": dump(record.raw),
        "schema": [{"name": c.name, "role": c.role, "dtype": c.dtype} for c in record.columns or ()],
        "columns": [c.model_dump(mode="json", exclude_defaults=True) for c in record.columns or ()],
        "split": dump(record.split),
        "prepared": dump(record.prepared),
        "batch": dump(record.batch),
        "initial-weights": {"digest": record.initial.weights_digest} if record.initial else None,
        "initial-loss": {"loss": record.initial.loss, "expected": record.initial.expected_loss} if record.initial else None,
        "one-batch": dump(record.series.get("one-batch/loss")),
        "curve": {name: dump(series) for name, series in record.series.items() if name.startswith(("train/", "validation/"))},
        "metrics": record.metrics,
        "predictions": [dump(p) for p in record.predictions],
        "cost": dump(record.cost),
        "versions": record.versions,
    }
    tolerances = {name: 3 * value for name, value in spread.items()}
    return {
        "schema": 1,
        "model": model,
        "seed": plan.seed,
        "tolerances": tolerances,
        "plan": plan.model_dump(mode="json"),
        "stages": stages,
    }


def dump(section: Any) -> Any:
    """A section of a record as JSON, or None."""
    return None if section is None else section.model_dump(mode="json")


def lock_text(content: dict[str, Any]) -> str:
    """The lock as text: sorted keys, so that two locks can be compared by eye."""
    return json.dumps(sayable(content), indent=1, sort_keys=True, ensure_ascii=False, allow_nan=False) + "\n"
