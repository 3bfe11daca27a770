"""Series that grow without end in bounded memory."""

from collections.abc import Sequence

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

    def extend(self, steps: Sequence[int], values: Sequence[float]) -> None:
        """Add one value of each step."""
        if self.stride == 1 and len(self.steps) + len(steps) <= MOST:
            self.steps += steps
            self.values += values
            self.last = (steps[-1], values[-1]) if steps else self.last
        else:
            for step, value in zip(steps, values, strict=True):
                self.add(step, value)

    def frozen(self, last: tuple[int, float] | None = None) -> Series:
        """The series as a record holds it, the last value always among them; `last` comes after all that were added."""
        steps, values, last = list(self.steps), list(self.values), last or self.last
        if last is not None and (not steps or last[0] != steps[-1]):
            steps.append(last[0])
            values.append(last[1])
        return Series(unit=self.unit, steps=tuple(steps), values=tuple(values))


class Curve:
    """The losses of one line over steps; those of one step, as where gradients are accumulated, count by their mean.

    Attributes:
        waiting: Steps and values that were put here, since that costs less than to add them; `settle` adds them.
        first, largest, last: Of the values that are added and finite; `largest` is the largest size.
    """

    __slots__ = ("count", "first", "largest", "last", "series", "step", "sum", "waiting")

    def __init__(self) -> None:
        self.series = Growing()
        self.step, self.count, self.sum = -1, 0, 0.0
        self.first: float | None = None
        self.largest = self.last = 0.0
        self.waiting: list[tuple[int, float]] = []

    def add(self, step: int, value: float) -> None:
        """Add a value, after those that wait."""
        self.waiting.append((step, value))
        self.settle()

    def settle(self) -> None:
        """Add what waits."""
        if not self.waiting:
            return
        steps, values = zip(*self.waiting, strict=True)
        self.waiting.clear()  # the list itself is known to others
        if len({self.step, *steps}) > len(steps):  # as mostly, each is another step: the last one may still go on
            if self.count:
                self.series.add(self.step, self.sum / self.count)
            self.series.extend(steps[:-1], values[:-1])
            self.step, self.count, self.sum = steps[-1], 1, values[-1]
        else:
            for step, value in zip(steps, values, strict=True):
                self.follow(step, value)
        finite = [value for value in values if value - value == 0]  # neither NaN nor infinite
        if finite:
            self.first = finite[0] if self.first is None else self.first
            self.last = finite[-1]
            self.largest = max(self.largest, *map(abs, finite))

    def follow(self, step: int, value: float) -> None:
        """Add a value, of the present step or of the next one."""
        if step == self.step:
            self.sum += value
            self.count += 1
            return
        if self.count:
            self.series.add(self.step, self.sum / self.count)
        self.step, self.count, self.sum = step, 1, value

    def frozen(self) -> Series:
        """The series, the present step included."""
        self.settle()
        return self.series.frozen((self.step, self.sum / self.count) if self.count else None)
