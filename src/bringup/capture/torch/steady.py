"""The steady step: between windows, while each step does what the one before it did, it is recognised and counted, no more.

A step that nobody is told of needs none of what the boundaries find out: the place, the model, the loss and the line of the
backward pass are those of the step before. Each boundary compares a few numbers, and goes its usual way where one differs.
What is done here is done at most steps of a training, so little is done, and no call is made that can be saved.
"""

from types import CodeType, FrameType
from typing import TYPE_CHECKING, Any
from weakref import ref

import torch

from bringup.capture.thinning import Level
from bringup.capture.torch.targets import complete, gather

if TYPE_CHECKING:
    from bringup.capture.events import Site, Stepped, Tally
    from bringup.capture.series import Curve
    from bringup.capture.source.person import Place, Way
    from bringup.capture.torch.boundaries import Watch

BEGUN, CALLED, JUDGED, PASSED, STEPPING = range(5)  # how far a step is
WELL_KNOWN = 3  # calls of a place, whose graphs have been looked at
MOST_WAITING = 100  # targets
SMALL = 4096  # targets of a call


class Trail:
    """What happened since the last step, as far as a steady step is made of it: one call, one loss, one pass, in this order.

    Attributes:
        broken: Whether there was more, or another order.
        line, judge_line, back: The code that called the loss function, and the module around it, and that which began the pass,
            and where in it.
        small: Whether the target is one number a row, and so few that many can wait.
    """

    __slots__ = (
        "back",
        "broken",
        "curve",
        "function",
        "judge",
        "judge_line",
        "line",
        "places",
        "site",
        "small",
        "tally",
        "way",
    )

    def __init__(self) -> None:
        self.begin()

    def begin(self, *, broken: bool = False) -> None:
        """A step is done, or, where it is `broken`, the rest of one begins."""
        self.broken = broken
        self.small = False
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

    def loss(self, function: Any, tally: "Tally", places: "tuple[Place, ...]", frame: FrameType, target: Any) -> None:
        """A loss was computed; `frame` is what called the function."""
        self.broken = self.broken or self.site is None or self.tally is not None
        self.function, self.tally, self.places, self.line = function, tally, places, (frame.f_code, frame.f_lasti)
        small = type(target) is torch.Tensor and target.dim() == 1 and target.numel() <= SMALL
        self.small = small and not target.requires_grad

    def backward(self, curve: "Curve | None", frame: FrameType | None) -> None:
        """A backward pass began at a loss; `frame` is what asked for it."""
        self.broken = self.broken or self.tally is None or self.curve is not None
        self.curve, self.back = curve, None if frame is None else (frame.f_code, frame.f_lasti)


class Steady:
    """A step as it was seen, and how many have been like it since they were counted where they belong.

    Attributes:
        stage: How far the present one is.
        steps: Those that are whole.
        rows: The rows that went into the model in them, and in the present one.
        given, target: Of the present one, until its backward pass begins.
        labels, deferred: Those of the site, as long as they take what they are given: `noting` tells whether the call is to be
            noted, `taken` whether its target is.
    """

    __slots__ = (
        "back_at", "back_code", "curve", "deferred", "entry", "function", "given", "judge", "judge_at", "judge_code",
        "labels", "line_at", "line_code", "model", "noting", "optimizer", "places", "rate", "rows", "site", "stage",
        "steps", "taken", "tally", "target", "training", "watch", "way",
    )  # fmt: skip

    def __init__(self, watch: "Watch", site: "Site", tally: "Tally", curve: "Curve", way: "Way") -> None:
        trail, self.watch = watch.trail, watch
        self.site, self.tally, self.curve, self.way = site, tally, curve, way
        self.model, self.training = site.root.module, site.trains
        self.judge, self.function, self.places = trail.judge, trail.function, trail.places
        self.judge_code, self.judge_at = trail.judge_line
        self.line_code, self.line_at = trail.line or (None, 0)
        self.back_code, self.back_at = trail.back or (None, 0)
        self.labels, self.deferred = site.labels if trail.small else None, site.deferred
        self.taken = self.labels is not None or self.deferred is not None
        self.noting = self.deferred is not None or site.remembered
        self.entry: Stepped
        self.optimizer: ref[Any]
        self.rate: Any
        self.stage = self.steps = self.rows = 0
        self.given: Any = None
        self.target: Any = None

    def judges(self, function: Any, frame: FrameType) -> bool:
        """Whether a loss function, called from a frame, is the one that follows the call of the model."""
        called = self.stage == CALLED and self.function is function
        return called and frame.f_lasti == self.line_at and frame.f_code is self.line_code

    def note(self, given: Any, output: Any) -> None:
        """The model was called, and somebody wants to know with what."""
        if self.deferred is not None:
            self.deferred.call(given, output, self.watch.session.steps)
        if self.site.remembered:
            self.watch.session.present.memory = (given.data_ptr(), given.shape)

    def take(self, judged: Any, target: Any) -> None:
        """A loss was computed, and its target is wanted."""
        if self.labels is not None:
            try:
                version = None if target.requires_grad else target._version
            except (AttributeError, RuntimeError):  # no tensor, or one of inference mode
                version = None
            if version is None:
                self.labels = None
            else:
                self.labels.versions.append(version)
                self.labels.waiting.append(target)
                if len(self.labels.waiting) >= MOST_WAITING:
                    gather(self.watch.session, self.site)
                    self.labels = self.site.labels
        if self.deferred is not None:
            complete(self.watch.session, self.site, judged, target)
            self.deferred = self.site.deferred
        self.taken = self.labels is not None or self.deferred is not None
        self.noting = self.deferred is not None or self.site.remembered

    def set(self, rate: Any) -> None:
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
        present.loss = present.root = None
        self.given = self.target = None
        self.stage = self.steps = self.rows = 0


def steady_step(watch: "Watch", entry: "Stepped", optimizer: Any) -> Steady | None:
    """The step that was just made, as one that may come again; None where it was not of that kind."""
    trail, session = watch.trail, watch.session
    site, tally, curve, way = trail.site, trail.tally, trail.curve, trail.way
    if trail.broken or site is None or tally is None or curve is None or way is None or trail.back is None:
        return None
    if not session.is_calm or watch.lens.on_stack or watch.pending or watch.scaled is not None or entry.rate is None:
        return None
    wanted = len(site.wanted) - (site.deferred is not None and bool(site.wanted))
    if wanted or site.judged < WELL_KNOWN or tally.calls <= WELL_KNOWN:
        return None
    made = Steady(watch, site, tally, curve, way)
    made.entry, made.optimizer, made.rate = entry, ref(optimizer), entry.rate
    return made


def reference(tensor: Any) -> Any:
    """A weak reference to a tensor; None for anything else."""
    return ref(tensor) if isinstance(tensor, torch.Tensor) else None
