"""Published figures for data sets that are recognised by their columns."""

from bringup.findings import Frozen


class KnownResult(Frozen):
    """A published figure beside ours. `within_spread` is None where the figure is of another kind of model."""

    dataset: str
    model: str
    metric: str
    value: float
    std: float | None = None
    kind: str
    protocol: str
    source: str
    year: int | None = None
    ours: float | None = None
    ours_model: str | None = None
    within_spread: bool | None = None
    comparable: bool = False
    note: str = ""
