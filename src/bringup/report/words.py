"""The words and signs that all drawings share. A sign never stands without its word, nor a colour without its sign."""

import unicodedata
from collections.abc import Sequence

from markupsafe import Markup, escape

from bringup.findings import Finding

STEP_TITLES = {
    "plan": "Plan",
    "data": "Data",
    "simplify": "Simplify",
    "twin": "Synthetic twin",
    "run": "Get it to run",
    "overfit-one-batch": "Overfit one batch",
    "train": "Train",
    "compare": "Compare",
    "evaluate": "Evaluate",
    "improve": "Improve",
    "lock": "Lock",
}
VERDICTS = {
    "good": "Good",
    "held-back": "Held back",
    "stopped": "Stopped",
    "healthy": "Healthy",
    "faulty": "Faulty",
    "crashed": "Crashed",
    "not-observed": "Nothing seen",
}
SIGNS = {
    "good": "✓",
    "held-back": "!",
    "stopped": "✗",
    "healthy": "✓",
    "faulty": "✗",
    "crashed": "✗",
    "not-observed": "?",
    "passed": "✓",
    "failed": "✗",
    "skipped": "–",
    "not-reached": "·",
    "error": "✗",
    "warning": "!",
    "note": "i",
    "yes": "✓",
    "no": "✗",
    "unclear": "?",
}
PARTS = {
    "irreducible": "Irreducible",
    "avoidable-bias": "Avoidable bias",
    "variance": "Variance",
    "shift": "Shift",
    "validation-overfit": "Overfit to validation",
}
SEVERITIES = {"error": "Errors", "warning": "Warnings", "note": "Notes"}
SHAPES = {
    "goes-up": "goes up",
    "explodes": "explodes",
    "oscillates": "oscillates",
    "plateaus": "plateaus",
    "converges": "converges",
}


def clean(text: str) -> str:
    """Replace what could steer a terminal or scramble a line: control characters and those that turn the direction of text."""
    if text.isascii() and text.isprintable():
        return text
    return "".join("\N{REPLACEMENT CHARACTER}" if _steers(character) else character for character in text)


def _steers(character: str) -> bool:
    return (
        character not in "\n\t"
        and unicodedata.category(character) in ("Cc", "Cf", "Cs")
        and character != "\N{ZERO WIDTH JOINER}"
    )


def prose(text: str) -> Markup:
    """A sentence as HTML: what stands between backticks is set as code."""
    parts = clean(text).split("`")
    if len(parts) % 2 == 0:
        return escape(clean(text))
    return Markup("").join(
        Markup("<code>{}</code>").format(part) if place % 2 else escape(part) for place, part in enumerate(parts)
    )


def plural(count: int, word: str) -> str:
    """Count things: "1 warning", "2 warnings"."""
    return f"{count:,} {word}" if count == 1 else f"{count:,} {word}s"


def findings_in_words(findings: Sequence[Finding]) -> str:
    """How many findings of each severity there are: "1 error, 2 warnings"."""
    counts = {name: sum(finding.severity == name for finding in findings) for name in SEVERITIES}
    return ", ".join(plural(count, name) for name, count in counts.items() if count) or "none"
