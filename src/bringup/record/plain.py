"""Plain values for JSON, which has no word for NaN and the infinities."""

import math
from typing import Any, cast


def sayable(value: Any) -> Any:
    """Plain values that JSON can say: NaN and the infinities become the names by which pydantic reads them back."""
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else ("Infinity" if value > 0 else "-Infinity")
    if isinstance(value, dict):
        return {str(key): sayable(part) for key, part in cast(dict[Any, Any], value).items()}
    if isinstance(value, list | tuple):
        return [sayable(part) for part in cast(list[Any], value)]
    return value
