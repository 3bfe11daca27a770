"""A series of numbers over steps."""

import math

from bringup.findings import Frozen


class Series(Frozen):
    """Values of one quantity at increasing steps; non-finite values are kept, they are evidence.

    Attributes:
        unit: "1" for a pure number, "nat", "s", "byte"…
        steps: Optimizer steps (0 is before the first update) at which each value was taken.
        values: As many values as steps.
    """

    unit: str = "1"
    steps: tuple[int, ...] = ()
    values: tuple[float, ...] = ()

    def __len__(self) -> int:
        return len(self.values)

    @property
    def last(self) -> float:
        """The last value, NaN when there is none."""
        return self.values[-1] if self.values else math.nan

    @property
    def finite(self) -> tuple[float, ...]:
        """The finite values alone."""
        return tuple(value for value in self.values if math.isfinite(value))
