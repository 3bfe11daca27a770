"""What a check is about, as Markdown: the same text for `bringup explain` and for the documentation."""

from difflib import get_close_matches

from bringup.checks.check import SECTIONS, Check
from bringup.checks.table import CHECKS
from bringup.errors import BringupError


def explain(code_or_name: str) -> str:
    """Return the page of a check.

    Args:
        code_or_name: "LEK101" or "target-copy", in any case.

    Raises:
        BringupError: if there is no such check; says the nearest ones.
    """
    return page(find(code_or_name))


def find(code_or_name: str) -> Check:
    """Return the check of this code or name.

    Raises:
        BringupError: if there is none; says the nearest ones.
    """
    wanted = code_or_name.strip().lower().replace("_", "-")
    names = {name.lower(): check for check in CHECKS for name in (check.code, check.name)}
    if wanted in names:
        return names[wanted]
    nearest = [names[name] for name in get_close_matches(wanted, names, n=3, cutoff=0.5)]
    there = ", ".join(dict.fromkeys(f"`{check.code}` {check.name}" for check in nearest))
    raise BringupError(
        f"no check is called `{code_or_name}`",
        there=f"the nearest are {there}" if there else "",
        do="`bringup explain` without a name lists them all",
    )


def page(check: Check) -> str:
    """Return the page of a check: what it is, the five sections, the thresholds, the two programs."""
    sections = check.documentation
    facts = f"{check.family.value} · {check.family.cause.value} · {check.severity.value}"
    parts = [f"# {check.code} {check.name}", f"{facts}", check.summary]
    parts += [f"## {title}\n\n{sections[title]}" for title in SECTIONS]
    if check.confirm_with:
        parts[-1] += f"\n\nProbe: `{check.confirm_with}`."
    if check.thresholds:
        rows = "\n".join(f"| `{name}` | {value} |" for name, value in check.thresholds.items())
        parts.append(f"## Thresholds\n\n| name | value |\n|---|---|\n{rows}")
    parts.append(f"## Example that it finds\n\n```python\n{check.bad.strip()}\n```")
    parts.append(f"## Example that it passes\n\n```python\n{check.good.strip()}\n```")
    return "\n\n".join(parts) + "\n"


def index() -> str:
    """Return the list of all checks, one table a family."""
    families = dict.fromkeys(check.family for check in CHECKS)
    parts = ["# Checks"]
    for family in families:
        rows = "\n".join(
            f"| [{check.code}]({check.code}.md) | {check.name} | {check.severity.value} | {check.summary} |"
            for check in CHECKS
            if check.family is family
        )
        head = "| code | name | severity | finds |\n|---|---|---|---|"
        parts.append(f"## {family.value} ({family.cause.value})\n\n{head}\n{rows}")
    return "\n\n".join(parts) + "\n"
