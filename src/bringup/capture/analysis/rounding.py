"""To how many digits values are compared."""

from typing import Any

import numpy as np

DIGITS = 5  # decimal digits of a value that count, relative to the spread of its feature


def unit_of(spread: Any) -> Any:
    """What values of some spread are rounded to: what single precision keeps of them; 1 where they do not vary."""
    spread = np.asarray(spread, dtype=np.float64)
    return np.where(spread > 0, 10.0 ** (np.floor(np.log10(np.where(spread > 0, spread, 1))) - DIGITS), 1.0)
