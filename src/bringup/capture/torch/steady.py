"""The steady step: between windows, while each step does what the one before it did, it is recognised and counted, no more.

A step that nobody is told of needs none of what the boundaries find out: the place, the model, the loss and the line of the
backward pass are those of the step before. Each boundary compares a few numbers, and goes its usual way where one differs.
What is done here is done at most steps of a training, so little is done, and no call is made that can be saved.
"""

from types import CodeType, FrameType
from typing import TYPE_CHECKING, Any, cast
from weakref import ref

import torch

from bringup.capture.thinning import Level
from bringup.capture.torch.tokens import mark_beginning, mark_end

if TYPE_CHECKING:
    from bringup.capture.events import Site, Stepped, Tally
    from bringup.capture.series import Curve
    from bringup.capture.source.person import Place, Way
    from bringup.capture.torch.boundaries import Watch

BEGUN, CALLED, JUDGED, PASSED, STEPPING = range(5)  # how far a step is
WELL_KNOWN = 3  # calls of a place, whose graphs have been looked at


class Trail:
    """What happened since the last step, as far as a steady step is made of it: one call, one loss, one pass, in this order.

    Attributes:
        broken: Whether there was more, or another order.
        line, judge_line, back: The code that called the loss function, and the module around it, and that which began the pass,
            and where in it.
    """

    __slots__ = ("back", "broken", "curve", "function", "judge", "judge_line", "line", "places", "site", "tally", "way")

    def __init__(self) -> None:
        self.begin()

    def begin(self, *, broken: bool = False) -> None:
        """A step is done, or, where it is `broken`, the rest of one begins."""
        self.broken = broken
        self.site: Site | None = None
        self.way: Way | None = None
        self.judge: Any = None
        self.judge_line: tuple[CodeType | None, int] = (None, 0)
        self.function: Any = None
        self.tally: Tally | None = None
        self.places: tuple[Place, ...] = ()
        self.line: tuple[CodeType, int] | None = None
        self.curve: Curve | None = None
        self.back: tuple[CodeType, int] | None = None

    def call(self, site: "Site", way: "Way | None") -> None:
        """A model was called at a place that trains."""
        self.broken = self.broken or self.site is not None
        self.site, self.way = site, way

    def judging(self, module: Any, frame: FrameType) -> None:
        """A module without parameters is called, which may be the loss."""
        if self.tally is None:
            self.judge, self.judge_line = module, (frame.f_code, frame.f_lasti)

    def loss(self, function: Any, tally: "Tally", places: "tuple[Place, ...]", frame: FrameType) -> None:
        """A loss was computed; `frame` is what called the function."""
        self.broken = self.broken or self.site is None or self.tally is not None
        self.function, self.tally, self.places, self.line = function, tally, places, (frame.f_code, frame.f_lasti)

    def backward(self, curve: "Curve | None", frame: FrameType | None) -> None:
        """A backward pass began at a loss; `frame` is what asked for it."""
        self.broken = self.broken or self.tally is None or self.curve is not None
        self.curve, self.back = curve, None if frame is None else (frame.f_code, frame.f_lasti)

    @property
    def whole(self) -> bool:
        """Whether all of a steady step is there, and nothing else."""
        return not self.broken and None not in (self.site, self.tally, self.curve, self.way, self.back)


class Steady:
    """A step as it was seen, and how many have been like it since they were counted where they belong.

    Attributes:
        stage: How far the present one is.
        steps: Those that are whole.
        rows: The rows that went into the model in them, and in the present one.
        given, target: Of the present one, until its backward pass begins.
        losses: What waits to be added to the curve.
        noting: Whether somebody may want to know of the call of the model.
    """

    __slots__ = (
        "back_at", "back_code", "curve", "entry", "function", "given", "judge", "judge_at", "judge_code",
        "line_at", "line_code", "losses", "model", "noting", "optimizer", "places", "rate", "rows", "site", "stage",
        "steps", "tally", "target", "training", "watch", "way",
    )  # fmt: skip

    def __init__(self, watch: "Watch", entry: "Stepped", optimizer: Any) -> None:
        trail, self.watch = watch.trail, watch
        assert trail.site is not None  # it is whole, and so are the others
        self.site, self.tally = trail.site, cast("Tally", trail.tally)
        self.curve, self.way = cast("Curve", trail.curve), cast("Way", trail.way)
        self.model, self.training = trail.site.root.module, trail.site.trains
        self.judge, self.function, self.places = trail.judge, trail.function, trail.places
        self.judge_code, self.judge_at = trail.judge_line
        self.line_code, self.line_at = trail.line or (None, 0)
        self.back_code, self.back_at = trail.back or (None, 0)
        self.entry, self.optimizer, self.rate = entry, ref(optimizer), entry.rate
        self.losses = self.curve.waiting
        self.look()
        self.stage = self.steps = self.rows = 0
        self.given: Any = None
        self.target: Any = None

    def takes(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> bool:
        """Whether nobody is to be told of a call with these arguments, since it can be noted."""
        return self.site.deferred is None or self.site.deferred.takes(args, kwargs)

    def note(self, given: Any, output: Any) -> None:
        """The model was called, and somebody wants to know with what."""
        session = self.watch.session
        if session.breathes:
            calls = self.site.marked + self.steps + 1
            if mark_end(self.site, output, session.steps, calls):
                mark_beginning(self.site, output, session.steps, calls)
        if self.site.deferred is not None:
            self.site.deferred.call(given, output, session.steps)
        if self.site.remembered:
            session.present.memory = (given.data_ptr(), given.shape)

    def look(self) -> None:
        """See whether somebody may want to know of the calls that follow; where that needs events, there is no steady step."""
        self.noting = self.site.deferred is not None or self.site.remembered or self.watch.session.breathes
        if self.site.wanted and self.site.deferred is None:
            self.watch.unsteady()

    def set_rate(self, rate: Any) -> None:
        """The learning rate is another than at the step before."""
        self.rate = rate
        if type(rate) is float:
            self.entry.rates.append((self.entry.steps + self.steps, rate))

    def count(self) -> None:
        """Count what happened where it belongs, and remember it as the present: the boundaries go their usual way from here."""
        watch, site, stage, tally = self.watch, self.site, self.stage, self.tally
        session, present = watch.session, watch.session.present
        calls, losses, passes = (self.steps + (stage >= least) for least in (CALLED, JUDGED, PASSED))
        if not calls:
            return
        site.calls += calls
        site.in_pass += calls
        site.most = max(site.most, site.in_pass)
        site.trains = self.training
        site.training += calls * self.training
        site.rows += self.rows
        site.runs += calls
        site.last_step = session.steps if stage >= CALLED else session.steps - 1
        site.marked += calls
        site.backwards += passes
        site.in_eval += passes * (not (self.training or site.parts))
        tally.calls += losses
        tally.training += losses
        self.entry.steps += self.steps
        self.entry.rate = self.rate if type(self.rate) is float else None
        self.curve.settle()
        if stage in (CALLED, JUDGED) and not site.pending:
            site.pending = True
            watch.pending.append(site)
        watch.level = Level.LIGHT if stage == CALLED else None
        watch.by_backward = True
        present.site, present.follows = site, True
        present.given, present.target = reference(self.given), reference(self.target)
        present.loss_place = self.places[0] if self.places else None
        self.given = self.target = None
        self.stage = self.steps = self.rows = 0


def steady_step(watch: "Watch", entry: "Stepped", optimizer: Any) -> Steady | None:
    """The step that was just made, as one that may come again; None where it was not of that kind."""
    trail, session, site = watch.trail, watch.session, watch.trail.site
    if not trail.whole or site is None or trail.tally is None:
        return None
    if not session.is_calm or watch.lens.on_stack or watch.pending or watch.scaled is not None or entry.rate is None:
        return None
    wanted = len(site.wanted) - (site.deferred is not None and bool(site.wanted))
    if wanted or site.judged < WELL_KNOWN or trail.tally.calls <= WELL_KNOWN:
        return None
    return Steady(watch, entry, optimizer)


def reference(tensor: Any) -> Any:
    """A weak reference to a tensor; None for anything else."""
    return ref(tensor) if isinstance(tensor, torch.Tensor) else None
