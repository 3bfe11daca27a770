"""Plan: what kind of learning this is, what will be trained, and what it will take."""

from bringup.recipe.context import Context, Outcome


def run(context: Context) -> Outcome:
    """Say what was decided; the plan itself was made from the first look at the data."""
    plan, seen = context.plan, context.seen
    classes = f" ({seen.typed[seen.rule.name].drop_nulls().n_unique()} classes)" if plan.task.kind == "classification" else ""
    ladder = " → ".join(model.name for model in plan.ladder)
    needs = plan.infrastructure
    cost = f"about {needs.estimated_seconds} s and {memory(needs.needed_bytes)} on {needs.device}"
    return Outcome(
        True, f"{plan.task.kind} of `{plan.data.target}`{classes} from {len(seen.schema.inputs)} columns; {ladder}; {cost}"
    )


def memory(needed: int) -> str:
    """Bytes for people: megabytes, or gigabytes where there are many."""
    return f"{needed / 1e9:.1f} GB" if needed >= 1e9 else f"{max(1, round(needed / 1e6))} MB"
