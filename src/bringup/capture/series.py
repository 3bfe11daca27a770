"""Series that grow without end in bounded memory."""

from bringup.record import Series

MOST = 4096


class Growing:
    """A series that keeps every value at first, and every second, fourth… of all later on.

    Args:
        unit: The unit of the values.
    """

    def __init__(self, unit: str = "1") -> None:
        self.unit = unit
        self.steps: list[int] = []
        self.values: list[float] = []
        self.stride = 1
        self.last: tuple[int, float] | None = None

    def add(self, step: int, value: float) -> None:
        """Add a value; steps must not fall."""
        self.last = (step, value)
        if step % self.stride:
            return
        self.steps.append(step)
        self.values.append(value)
        if len(self.steps) > MOST:
            self.stride *= 2
            kept = [index for index, at in enumerate(self.steps) if at % self.stride == 0]
            self.steps = [self.steps[index] for index in kept]
            self.values = [self.values[index] for index in kept]

    def frozen(self) -> Series:
        """The series as a record holds it, the last value always among them."""
        steps, values = list(self.steps), list(self.values)
        if self.last is not None and (not steps or self.last[0] != steps[-1]):
            steps.append(self.last[0])
            values.append(self.last[1])
        return Series(unit=self.unit, steps=tuple(steps), values=tuple(values))
