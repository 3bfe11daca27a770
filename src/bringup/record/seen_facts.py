"""The sections of a record about where a program's data come from and how they enter the model."""

from bringup.findings import Frozen, Where
from bringup.record.program_facts import TensorFacts


class SourceFacts(Frozen):
    """Where the rows that one place hands to a model come from.

    Attributes:
        site: The place, as in `CallFacts`.
        input: The line that made the values of the first input, not counting selections of rows and changes of shape or type.
        selected: The line that set these rows aside before the training; None where the line above did.
        target: The same for the target.
        loader: The line that built the data loader; likewise the line that loops over it.
        batch_size: The line that sets the size of its batches, where that is an argument of its own.
        sampler: The class of the loader's sampler ("RandomSampler").
        rows: Rows of the loader's data set; `whole` are those of the data set that it is a part of.
        batches: Batches in a pass over the loader.
    """

    site: int
    input: Where | None = None
    selected: Where | None = None
    target: Where | None = None
    loader: Where | None = None
    loop: Where | None = None
    batch_size: Where | None = None
    sampler: str | None = None
    rows: int | None = None
    whole: int | None = None
    batches: int | None = None


class FirstLayerFacts(Frozen):
    """The first operation with weights that rows meet in a model.

    Attributes:
        function: Its name in torch ("linear", "conv2d", "embedding", "lstm"); "estimator" where that is an estimator which
            answers better on standardised inputs.
        where: The person's line that calls it.
        input: What goes in, at the first call.
        weight: The shape of its weight.
        as_given: Whether that is what the model was given, as it was, so that nothing was scaled inside of the model.
        normalised: Whether a normalisation follows before the next operation with weights.
    """

    site: int
    function: str
    where: Where | None = None
    input: TensorFacts = TensorFacts()
    weight: tuple[int, ...] = ()
    as_given: bool = True
    normalised: bool = False


class WidthFacts(Frozen):
    """One fully-connected layer of a model.

    Attributes:
        model_number: The model, as in `CallFacts`.
        name: Its name in the model.
        inputs: Numbers that go in; likewise those that come out.
        last: Whether it is the last layer with weights.
        where: The line that built it.
        outputs_where: The line where the number of outputs is written down, if it was traced from there.
    """

    model_number: int
    name: str
    inputs: int
    outputs: int
    last: bool = False
    where: Where | None = None
    outputs_where: Where | None = None


class CriterionFacts(Frozen):
    """A loss module that was built: the function of `torch.nn.functional` that it calls, and the line."""

    function: str
    where: Where | None = None
