"""The test error taken apart: irreducible + avoidable bias + variance + shift + overfit to validation."""

from typing import Literal

from bringup.findings import Frozen


class ErrorPart(Frozen):
    """One term of: test error = irreducible + avoidable bias + variance + shift + overfit to validation."""

    name: Literal["irreducible", "avoidable-bias", "variance", "shift", "validation-overfit"]
    value: float
    low: float | None = None
    high: float | None = None
    how: str


class ErrorSplit(Frozen):
    """The test error, taken apart."""

    metric: str
    total: float
    parts: tuple[ErrorPart, ...]
    dominant: str
    next_action: str
