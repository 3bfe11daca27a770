"""The sections of a record about the update: optimizers and what they hold, schedules, clipping, graphs that live on."""

import math
from typing import Any, Literal

from pydantic import Field

from bringup.findings import Frozen, Where

Cut = Literal["", "no-grad-call", "no-grad-block", "detached", "rounded", "unused", "stale"]


class ParameterFacts(Frozen):
    """Parameters that belong together: one layer, or one that was found alone.

    Attributes:
        name: The layer, as its model calls it ("hidden.0"); its class where no model is known.
        tensors: How many tensors.
        where: The line that built the layer.
        hidden: Whether a model uses the layer but does not know it: it is in a plain list, dict or attribute.
        loaded: Whether its values were loaded, copied or trained before, so that they are more than random numbers.
        moved: Whether its values changed over the training, by whatever hand.
        after_optimizer: Whether it was built after every optimizer.
        passes: Backward passes, of those that were looked at, that reached it.
        renewed: Different layers that were built in the same line, each seen in one backward pass only.
        reason: Why no gradient reaches it.
        reason_where: The line that cuts it off.
    """

    name: str
    kind: str = ""
    tensors: int = 1
    values: int = 0
    where: Where | None = None
    hidden: bool = False
    loaded: bool = False
    moved: bool = False
    after_optimizer: bool = False
    passes: int = 0
    renewed: int = 0
    reason: Cut = ""
    reason_where: Where | None = None


class AttentionFacts(Frozen):
    """A line that reads sequences which are filled up at their ends, by attention.

    Attributes:
        looks: How often it was looked at, in the first steps.
        on_filled: How much of the attention of such rows goes to what fills them, at the least: 0 where that is masked.
    """

    where: Where | None = None
    looks: int = 0
    on_filled: float = 0.0


class CopyFacts(Frozen):
    """A model with the weights that another one had before its first step, which no optimizer trains.

    Attributes:
        where: The line that calls it.
        calls: How often it was called while it was looked at.
        looks: How often its weights were looked at, until `steps` steps were made; `moved` tells whether they ever changed.
        same_inputs: Whether it gets what the other one gets.
    """

    model: str = ""
    where: Where | None = None
    calls: int = 0
    looks: int = 0
    steps: int = 0
    moved: bool = False
    same_inputs: bool = False


class HeadFacts(Frozen):
    """The last layer with weights of a model that is trained, where it is fully connected.

    Attributes:
        frozen: Whether none of its parameters wants a gradient.
        known: Whether its values were loaded, or trained before.
    """

    model_number: int
    name: str
    where: Where | None = None
    frozen: bool = False
    known: bool = False


class OptimizerFacts(Frozen):
    """One optimizer.

    Attributes:
        kind: Its class.
        where: The line that built it; `arguments` are the lines of its arguments by name, where they are written out.
        step_where: The line that steps; `backward_where` that of the backward pass before.
        settings: What its first group began with: `lr`, `weight_decay`, `momentum`, `maximize`…
        steps: All its steps.
        tensors: Tensors that it holds and that want a gradient.
        looked: Steps since whose predecessor every backward pass was looked at; the next four are among these.
        stale: Steps whose gradient has that of the step before in it.
        empty: Steps before which a gradient was there and was cleared.
        repeated: Steps without a new gradient since the step before.
        passes: Backward passes that were looked at and reached it.
        discarded: Of these, passes whose gradient was cleared before any step, from the same line as the next one.
        made: Steps with gradients that were put together by hand after the passes.
        moved: Whether the weights changed, by whatever hand.
        missing: What it holds that no gradient ever reached.
    """

    kind: str
    where: Where | None = None
    arguments: dict[str, Where] = Field(default_factory=dict)
    step_where: Where | None = None
    backward_where: Where | None = None
    settings: dict[str, Any] = Field(default_factory=dict)
    steps: int = 0
    tensors: int = 0
    looked: int = 0
    stale: int = 0
    empty: int = 0
    repeated: int = 0
    passes: int = 0
    discarded: int = 0
    made: int = 0
    moved: bool = False
    missing: tuple[ParameterFacts, ...] = ()


class SchedulerFacts(Frozen):
    """One learning-rate scheduler.

    Attributes:
        optimizer: The number of its optimizer among all that were built.
        steps: Its steps; `planned` is the number after which its schedule is over, or begins to repeat itself, where it has
            one.
        first_at: Steps of its optimizer before its first step.
        step_where: The line that steps it.
        peak: The highest learning rate that it set or was built with; `last` the last one.
    """

    kind: str
    where: Where | None = None
    arguments: dict[str, Where] = Field(default_factory=dict)
    optimizer: int = 0
    steps: int = 0
    planned: int | None = None
    first_at: int | None = None
    step_where: Where | None = None
    peak: float = 0.0
    last: float = 0.0


class ClipFacts(Frozen):
    """One place where gradients are clipped by their norm.

    Attributes:
        limit: The largest norm that is let through.
        calls: All calls; of `looked` the norm was read, and in `clipped` of these it was larger.
        norm: The median norm before clipping.
    """

    where: Where | None = None
    limit: float
    calls: int = 0
    looked: int = 0
    clipped: int = 0
    norm: float = 0.0


class CarriedFacts(Frozen):
    """A part of the graph that backward passes of earlier steps went through already.

    Attributes:
        where: The line that brings it back; `backward` that of the backward pass.
        passes: Passes, of those that were looked at, in which it came back.
        age: The most steps that lie between.
        recurring: Whether the line runs in each step, as of a hidden state; else it ran once, before the loop.
        failed: Whether the program ended there.
    """

    where: Where | None = None
    backward: Where | None = None
    passes: int = 0
    age: int = 0
    recurring: bool = False
    failed: bool = False


class DirectionFacts(Frozen):
    """Which way the training pushes an error or a loss function: the gradient of what is differentiated with respect to it.

    Attributes:
        what: The function, or "squared error" and the like where it is written by hand.
        where: The line of the loss.
        looks: Passes that were looked at; in `up` of them the update makes the error larger.
        first: The error in the first of them; `last` that in the last.
        alone: Whether all that the pass reaches belongs to one optimizer.
    """

    what: str
    where: Where | None = None
    looks: int = 0
    up: int = 0
    first: float | None = None
    last: float | None = None
    alone: bool = True


class KeptFacts(Frozen):
    """Graphs of earlier calls of a model that are still alive.

    Attributes:
        call: The line that calls the model; `where` is the line whose result keeps the graphs.
        calls: Calls with gradients on, by the last look.
        alive: How many are alive, each time it was looked at.
        steps: The steps of these looks.
        trained: Whether backward passes go through these calls.
    """

    call: Where | None = None
    where: Where | None = None
    calls: int = 0
    alive: tuple[int, ...] = ()
    steps: tuple[int, ...] = ()
    trained: bool = False


class AheadFacts(Frozen):
    """Whether a model that is to predict the next element of a sequence sees it.

    Attributes:
        model: The class; `call` is the line that calls it.
        seen: The share of rows whose answer changes with the element that it is to predict.
        where: The line that makes the first triangular mask, if there is one.
    """

    model: str
    call: Where | None = None
    seen: float
    where: Where | None = None


class HorizonFacts(Frozen):
    """How far back in a sequence the gradient of the last output goes.

    Attributes:
        model: The class; `call` is the line that calls it.
        steps: Length of the sequence.
        felt: Steps whose change changes the last output.
        reached: Steps, among these, that the gradient reaches.
        where: The line that cuts the gradient.
    """

    model: str
    call: Where | None = None
    steps: int
    felt: int
    reached: int
    where: Where | None = None


class HandFacts(Frozen):
    """Weights that the program changes itself, without an optimizer.

    Attributes:
        moves: Changes of the weights between two backward passes; in `stale` of them, the second pass found the gradient of
            the first.
        where: The line of the backward pass.
    """

    moves: int = 0
    stale: int = 0
    where: Where | None = None


class PenaltyFacts(Frozen):
    """A penalty on weights that is written into the loss: the `kind` of function, and how many tensors it is of."""

    kind: str
    where: Where | None = None
    tensors: int = 0


class TermFacts(Frozen):
    """One term of a loss.

    Attributes:
        reduction: How it became one number: "mean" or "sum" over all values of `shape`.
        factor: What that is multiplied by, without sign.
        summed: Where it is a mean of sums, the values of each.
        divergence: Whether these are of exponentials and squares, as in the divergence of a normal distribution.
    """

    reduction: Literal["mean", "sum"]
    shape: tuple[int, ...]
    factor: float = 1.0
    summed: int = 1
    divergence: bool = False
    where: Where | None = None

    @property
    def weight(self) -> float:
        """What one of the values counts in the loss."""
        return self.factor / max(1, math.prod(self.shape)) if self.reduction == "mean" else self.factor


class WeighedFacts(Frozen):
    """A loss that is the sum of terms over the rows of a batch; `where` is differentiated."""

    where: Where | None = None
    terms: tuple[TermFacts, ...] = ()
