"""The sections of a record about the layers of a network while it trains: weights, signals, units."""

from bringup.findings import Frozen, Where


class WeightFacts(Frozen):
    """One weight of two axes or more that an optimizer trains.

    Attributes:
        name: As the model calls it, "0.weight"; `kind` is the class of its layer, "" for a parameter of its own.
        where: The line that filled it last before the training, else the line that built its layer.
        shape: Its shape; the first axis counts the units in torch's layers.
        value: The one value that all its elements began with, None where they differed.
        alike: Whether all units began with the same weights; `still_alike` whether they have the same at the last look.
        looks: How often it was looked at; `steps` is the number of updates before the last look.
        scale: Root mean square of the weights at the beginning, times the root of the number of inputs: 1.41 by He, about 1 by
            Glorot, 0.58 by torch's own.
        gradient: Median norm of its gradient relative to its own, over the steps looked at; None without a gradient.
        last: Whether it is the last weight of the optimizer.
    """

    name: str
    kind: str = ""
    where: Where | None = None
    shape: tuple[int, ...] = ()
    value: float | None = None
    alike: bool = False
    still_alike: bool = False
    looks: int = 0
    steps: int = 0
    scale: float | None = None
    gradient: float | None = None
    last: bool = False


class SignalFacts(Frozen):
    """One operation with weights in the first call of a model that was trained, in the order of the forward pass.

    Attributes:
        weight: The name of its weight.
        given: Root mean square of what went in; `gave` of what came out.
        normalised: Whether a normalisation was among the operations since the one before, or right after.
    """

    model_number: int
    weight: str
    function: str
    where: Where | None = None
    given: float = 0.0
    gave: float = 0.0
    normalised: bool = False


class UnitFacts(Frozen):
    """The units of one activation function in the graph of a loss.

    Attributes:
        kind: "relu", "sigmoid", "tanh"; `where` is the line that called it.
        layer: The weight that it follows directly, by name; "" where it follows something else.
        units: How many.
        dead: Share of units that were 0 for every row of the last looks (ReLU).
        saturated: Share of values beyond 0.97 of the range, over the last looks (sigmoid and tanh).
        looks, rows: How often, and on how many rows altogether.
    """

    kind: str
    where: Where | None = None
    layer: str = ""
    units: int = 0
    dead: float = 0.0
    saturated: float = 0.0
    looks: int = 0
    rows: int = 0
