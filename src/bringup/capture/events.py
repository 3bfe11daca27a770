"""What happens at the boundaries of a training, as observers get it. Nothing here loads torch."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from weakref import ReferenceType

from bringup.capture.source.person import Place

if TYPE_CHECKING:
    from bringup.capture.observers.deferred import Deferred
    from bringup.capture.observers.kept import Labels
    from bringup.capture.torch.graph import Graph


@dataclass(slots=True)
class Root:
    """An outermost module that owns parameters; `of_library` where a library built on torch calls it in its own way."""

    number: int
    name: str
    module: ReferenceType[Any]
    compiled: bool = False
    of_library: bool = False

    @property
    def plain(self) -> bool:
        """Whether it is a module as torch knows it, so that a copy of it can be run in another mode and precision."""
        return not self.compiled and not self.of_library


@dataclass(slots=True)
class Site:
    """A place from which a root is called, under one grad mode. What is counted here, is counted at every call.

    Attributes:
        places: The person's frames, innermost first.
        passes: Runs of calls from here with none from elsewhere between; `in_pass` are the calls of the present one, or since
            a pass over a loader began; `most` of the longest.
        training: Calls with the root in train mode; `trains` tells it of the last one, and `parts` whether parts of it were
            although it was not, the last time that somebody looked.
        rows: Rows of the first tensors that were given.
        runs: Different steps at which calls came; `first_step` and `last_step` are their ends.
        trained: How many calls were seen to end in a backward pass; found in the graph.
        judged: Backward passes whose graph was searched for calls of this place while one was pending.
        backwards: Backward passes that a call from here came before; `in_eval` of them with the model in eval mode.
        marked: Calls whose output is in a graph; `alive` are the tokens of those graphs that are alive, `rooted` those that
            hang where the graph of a call begins: they live as long as any tensor from inside the model.
        until_token, until_rooted: How many calls were `marked` when the last token of either kind was hung.
        wanted: The observers that want every call from here.
        deferred: Where the rows of calls between windows are noted, if that is all that is wanted of them.
        labels: Where the target of every call that trains is put, if somebody wants them.
        remembered: Whether the memory of what it was given last is remembered.
    """

    number: int
    places: tuple[Place, ...]
    root: Root
    grad: bool
    calls: int = 0
    passes: int = 0
    in_pass: int = 0
    most: int = 0
    training: int = 0
    trains: bool = False
    parts: bool = False
    rows: int = 0
    runs: int = 0
    first_step: int = 0
    last_step: int = -1
    trained: int = 0
    judged: int = 0
    pending: bool = False
    backwards: int = 0
    in_eval: int = 0
    marked: int = 0
    alive: "set[ReferenceType[Token]]" = field(default_factory=set)
    rooted: "set[ReferenceType[Token]]" = field(default_factory=set)
    until_token: int = 0
    until_rooted: int = 0
    wanted: set[str] = field(default_factory=set)
    deferred: "Deferred | None" = None
    labels: "Labels | None" = None
    remembered: bool = False

    @property
    def use(self) -> str:
        """ "train" or "evaluate"."""
        return "train" if self.trained else "evaluate"


@dataclass(slots=True)
class ModelCall:
    """One call of a root.

    Attributes:
        step: Optimizer steps that were done before.
        detail: Whether this is one of the few that are looked at closely.
        training: Whether the model was in train mode.
        new_pass: Whether the call before came from elsewhere.
        begins: Whether a pass over a loader has begun since.
    """

    site: Site
    module: Any
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    output: Any
    step: int
    detail: bool
    new_pass: bool
    training: bool = True
    begins: bool = False


@dataclass(slots=True, weakref_slot=True, eq=False)
class Token:
    """Hung into the graph where a root ended; lives as long as that part of the graph.

    Attributes:
        worth: The calls that it stands for: between windows not each one hangs one.
    """

    site: Site
    step: int
    worth: int = 1


@dataclass(slots=True)
class Tally:
    """The calls of a loss function from one place; `training` of them with a gradient."""

    calls: int = 0
    training: int = 0


@dataclass(slots=True)
class LossCall:
    """One call of a loss function; `output` is None when it raised.

    Attributes:
        function: The name in `torch.nn.functional`.
        options: The other arguments by name (`reduction`, `weight`, `pos_weight`, `ignore_index`…); all of them, defaults
            included, where `detail` is set.
        trains: Whether gradients were on and the loss depends on a parameter.
        site: Where the model was called since the last loss, if it was.
        tally: All calls from this place.
    """

    function: str
    input: Any
    target: Any
    options: dict[str, Any]
    output: Any
    place: Place | None
    places: tuple[Place, ...]
    step: int
    detail: bool
    trains: bool = False
    site: Site | None = None
    tally: Tally = field(default_factory=Tally)


@dataclass(slots=True)
class Backward:
    """One backward pass; `graph` is there on those that are looked at closely, and what it saved is read before the pass."""

    roots: tuple[Any, ...]
    place: Place | None
    step: int
    detail: bool
    value: float | None = None
    graph: "Graph | None" = None
    loss_place: Place | None = None
    calls: tuple[Token, ...] = ()


@dataclass(slots=True)
class Stepped:
    """An optimizer that has stepped.

    Attributes:
        number: Which, in the order of their first steps.
        place: The line that stepped it, when it was looked at last.
        steps: How many steps it has made.
        rate: Its learning rate at the last event, the very object, so that a change is seen; None for one that is a tensor.
        rates: Learning rates of steps that nobody was told of, by how many steps were made before, where they changed.
    """

    number: int
    place: Place | None = None
    steps: int = 0
    rate: Any = None
    rates: list[tuple[int, float]] = field(default_factory=list)


@dataclass(slots=True)
class Step:
    """One step of an optimizer.

    Attributes:
        number: Which optimizer, in the order of their first steps.
        step: Steps of the first optimizer that were done before.
        closure: Whether it was given a closure (L-BFGS), so that backward passes run inside it.
        entry: What is kept of the optimizer; its count of steps goes on where no events are made.
        skip: To be set by a trial that makes the step itself.
    """

    optimizer: Any
    number: int
    place: Place | None
    step: int
    detail: bool
    closure: bool = False
    entry: "Stepped | None" = None
    skip: bool = False


@dataclass(slots=True)
class Dropout:
    """A dropout that worked although the root that is being called is in eval mode. `layer` is None for a plain function."""

    root: Any
    layer: Any
    function: str
    probability: float
    place: Place | None
    step: int


@dataclass(slots=True)
class Batch:
    """What a data loader gave."""

    loader: Any
    value: Any
    place: Place | None
    index: int  # within this pass over the loader
    step: int


@dataclass(slots=True)
class Operation:
    """A torch function that the person's program, or a module in it, called while the lens was open."""

    function: Any
    name: str
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    result: Any
    place: Place | None
    step: int
    inside_model: bool


@dataclass(slots=True)
class Present:
    """What the program is about. The boundaries keep it up to date at every event, also where nobody is told of it.

    Attributes:
        site: Where a model was called last; `follows` is whether its output had a gradient to follow.
        given: What it was given first, as long as that lives; `memory` is where that stands, of the last training call of a
            place that wants it `remembered`.
        target: That of the last loss function, likewise; `loss` is its output.
        backward: The pass that is open; `root` is what the last one began at.
        step_place: The line that stepped an optimizer last.
        batch: What a data loader gave last.
    """

    site: Site | None = None
    follows: bool | None = None
    given: ReferenceType[Any] | None = None
    memory: tuple[int, Any] = (0, None)
    target: ReferenceType[Any] | None = None
    loss: ReferenceType[Any] | None = None
    loss_place: Place | None = None
    backward: Backward | None = None
    root: ReferenceType[Any] | None = None
    step_place: Place | None = None
    batch: Batch | None = None
