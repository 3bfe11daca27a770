"""The sections of a record about train and eval mode."""

from typing import Literal

from bringup.findings import Frozen, Where


class ModeFacts(Frozen):
    """One place from which a model is called that has dropout or batch norm, and in which mode.

    Attributes:
        site: The number of the place, as in `CallFacts`.
        grad: Whether gradients are on there.
        dropout: Layers with dropout; likewise batch norm.
        probability: The largest share that one of them drops; `dropout_where` is the line that built it.
        used: Looks at steps of an optimizer whose gradient came from here.
        backwards: Backward passes that followed a call from here; before `in_eval` of them the whole model was in eval mode.
        judging: Calls after the first step from which no gradient came, of those that were looked at; in `judging_in_train` of
            them the model was in train mode.
        runs: Different steps, after the first, at which calls came.
        fixed: Whether the input was the same tensor at different steps.
        repeated: Calls with the input of the call before, at the same step, as when dropout is to tell how sure a model is.
        known_rows: Share of the rows, of those that were looked at, that the model was trained on.
        feeds: Whether the output goes into another model that is trained with it, as that of the generator in a GAN.
        switched: The line that put the model into the mode that it was in, the last time that this was the wrong one.
        loaded: Whether weights were loaded into the model.
    """

    site: int
    where: Where | None = None
    model: str = ""
    model_number: int = 0
    grad: bool = True
    dropout: int = 0
    batch_norm: int = 0
    probability: float = 0.0
    dropout_where: Where | None = None
    used: int = 0
    backwards: int = 0
    in_eval: int = 0
    judging: int = 0
    judging_in_train: int = 0
    runs: int = 0
    fixed: bool = False
    repeated: int = 0
    known_rows: float = 0.0
    feeds: bool = False
    switched: Where | None = None
    loaded: bool = False


class DropoutFacts(Frozen):
    """A dropout that worked although the model was in eval mode.

    Attributes:
        function: What was called; `probability` is its share of zeros.
        calls: How often.
        reason: "function" was told to work, "unregistered" is a layer that its model does not know.
        repeated: Calls of the model with the input of the call before, as when dropout is to tell how sure a model is.
        where: The line that calls it.
    """

    function: str
    probability: float
    calls: int = 0
    reason: Literal["function", "unregistered"] = "function"
    repeated: int = 0
    where: Where | None = None


class NormFacts(Frozen):
    """A batch norm with running statistics.

    Attributes:
        name: The layer; `where` the line that built it.
        momentum: The share of each batch in the running statistics.
        trained: Whether it was seen in train mode; `judged` whether in eval mode after that.
        values: Values per channel in the batches of the training: the median over those that were looked at.
        batch_where: The line that sets the size of the batches, where that is the argument of a data loader.
    """

    name: str
    where: Where | None = None
    momentum: float
    trained: bool = False
    judged: bool = False
    values: int | None = None
    batch_where: Where | None = None
