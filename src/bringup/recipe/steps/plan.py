"""Plan: what kind of learning this is, what will be trained, and what it will take."""

from bringup.recipe.context import Context, Outcome


def run(context: Context) -> Outcome:
    """Say what was decided; the plan itself was made from the first look at the data."""
    plan, seen = context.plan, context.seen
    classes = f" ({seen.typed[seen.rule.name].drop_nulls().n_unique()} classes)" if plan.task.kind == "classification" else ""
    ladder = " → ".join(model.name for model in plan.ladder)
    cost = f"about {plan.infrastructure.estimated_seconds} s and {plan.infrastructure.needed_bytes / 1e9:.2g} GB on {plan.infrastructure.device}"
    return Outcome(
        True, f"{plan.task.kind} of `{plan.data.target}`{classes} from {len(seen.schema.inputs)} columns; {ladder}; {cost}"
    )
