"""The sections of a record about a program that trains: how it ended, and the boundaries that were seen in it."""

from typing import Literal

from bringup.findings import Frozen, Where

Ending = Literal["finished", "exited", "raised", "stopped", "killed"]
Use = Literal["train", "evaluate"]


class ProgramFacts(Frozen):
    """A person's program, and how it ended.

    Attributes:
        script: Its path, as given.
        ending: "finished" ran to its last line, "exited" called `sys.exit` or `os._exit`, "raised" ended by an exception,
            "stopped" was stopped at the time limit or by the person, "killed" was ended by a signal from outside.
        frameworks: Those that it imported: "torch", "keras", "lightning", "skorch", "sklearn".
        steps: Steps of its first optimizer (backward passes where there is no optimizer).
        backwards: Backward passes.
        troubles: Analyses of what it left behind that failed, and why.
    """

    script: str
    ending: Ending = "finished"
    exit_code: int | None = None
    signal: str | None = None
    seconds: float = 0.0
    output_tail: str = ""
    frameworks: tuple[str, ...] = ()
    steps: int = 0
    backwards: int = 0
    troubles: tuple[str, ...] = ()


class TensorFacts(Frozen):
    """What a tensor holds; figures are None where it was not looked at, or holds none.

    Attributes:
        zeros: Share of values that are exactly 0.
        non_finite: How many values are NaN or infinite; the other figures are over the finite values.
        whole: Whether every value is a whole number.
        distinct: How many different values, None where there are more than 1000.
        row_sum_minimum: The smallest sum over the last axis; likewise the largest.
    """

    shape: tuple[int, ...] = ()
    dtype: str = "none"
    device: str = "cpu"
    requires_grad: bool = False
    mean: float | None = None
    std: float | None = None
    minimum: float | None = None
    maximum: float | None = None
    zeros: float = 0.0
    non_finite: int = 0
    whole: bool = False
    distinct: int | None = None
    row_sum_minimum: float | None = None
    row_sum_maximum: float | None = None


class CallFacts(Frozen):
    """One place from which an outermost model is called, under one grad mode.

    Attributes:
        site: The identity of the place: its number.
        model: The class of the module.
        model_number: Which module it is, in the order of first calls.
        use: "train" where a loss that was differentiated came from this place, else "evaluate".
        passes: Unbroken runs of calls from this place.
        training: Calls with the module in train mode; the rest was in eval mode.
        with_grad: Calls with gradients switched on.
        rows: Rows over all calls (the first axis of the first input).
        frozen: Submodules with dropout or batch norm whose mode differs from that of the model.
        input: The first input of the first call; likewise the output.
        first_step: The step before the first call; likewise the last.
        argmax: Of an output of one column: the line that takes the place of the largest value in each row, which is always 0.
    """

    site: int
    where: Where | None = None
    callers: tuple[Where, ...] = ()
    model: str
    model_number: int = 0
    use: Use = "evaluate"
    calls: int = 0
    passes: int = 0
    training: int = 0
    with_grad: int = 0
    rows: int = 0
    dropout: tuple[str, ...] = ()
    batch_norm: tuple[str, ...] = ()
    frozen: tuple[str, ...] = ()
    input: TensorFacts = TensorFacts()
    inputs: int = 1
    output: TensorFacts = TensorFacts()
    first_step: int = 0
    last_step: int = 0
    argmax: Where | None = None
