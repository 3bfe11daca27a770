"""Simplify: a small set of training rows on which the pipeline is debugged."""

from bringup.data.simplify import simplify
from bringup.recipe.context import Context, Outcome


def run(context: Context) -> Outcome:
    """Choose the rows."""
    train, data = context.split.train, context.data
    rows = simplify(
        train, seed=context.plan.seed, examples=context.plan.simplify.examples, strata=data.y if data.classes else None
    )
    context.simple_rows = rows
    number = "both" if len(data.classes) == 2 else f"all {len(data.classes)}"
    classes = f", {number} classes with their shares" if data.classes else ""
    chosen = f"{len(rows):,} of {len(train):,} training rows" if len(rows) < len(train) else f"all {len(rows):,} training rows"
    return Outcome(True, f"{chosen}{classes}; {len(context.schema.inputs)} columns")
