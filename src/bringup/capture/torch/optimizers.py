"""The boundary of the update: optimizers, schedulers, clipping."""

import functools
from threading import get_ident
from typing import TYPE_CHECKING, Any

import torch

from bringup.capture.events import Step, Stepped
from bringup.capture.thinning import Level
from bringup.capture.torch.steady import BEGUN, PASSED, STEPPING

if TYPE_CHECKING:
    from bringup.capture.torch.boundaries import Watch


def install(watch: "Watch") -> None:
    """Hook into every optimizer, schedulers and their steps."""
    from torch.optim.lr_scheduler import CosineAnnealingWarmRestarts, LRScheduler, ReduceLROnPlateau
    from torch.optim.optimizer import register_optimizer_step_post_hook, register_optimizer_step_pre_hook

    steps = watch.steps
    watch.patches.call_later(register_optimizer_step_pre_hook(steps.before).remove)
    watch.patches.call_later(register_optimizer_step_post_hook(steps.after).remove)
    watch.patches.replace(torch.optim.Optimizer, "__init__", lambda original: built(watch, original))
    for kind in (LRScheduler, ReduceLROnPlateau, CosineAnnealingWarmRestarts):  # the latter two do not come through the first
        watch.patches.replace(kind, "step", lambda original: scheduled(watch, original))
    for kind in (LRScheduler, ReduceLROnPlateau):
        watch.patches.replace(kind, "__init__", lambda original: scheduler_built(watch, original))
    watch.patches.replace(torch.nn.utils, "clip_grad_norm_", lambda original: clipped(watch, original))


PATIENCE = 20  # steps of others after which an optimizer that rests does not count the time any more


class Steps:
    """Steps of optimizers, each optimizer numbered in the order of their first steps.

    Time is counted by the first one; where it is done, as after a pre-training, by the one that goes on.
    """

    def __init__(self, watch: "Watch") -> None:
        self.watch, self.session = watch, watch.session
        self.entries: dict[int, Stepped] = {}
        self.current: Step | None = None
        self.told: dict[str, Any] = {}
        self.entry: Stepped | None = None
        self.lead, self.rests = 0, 0

    def begin(self, optimizer: Any) -> None:
        """An optimizer was built; of one that is gone it may have the identity, and then the number."""
        old = self.entries.get(id(optimizer))
        if old is not None:
            self.entries[id(optimizer)] = Stepped(old.number)

    def before(self, optimizer: Any, args: Any, kwargs: Any) -> None:
        """Tell that a step begins."""
        steady = self.watch.steady
        if steady is not None and steady.stage == PASSED and steady.optimizer() is optimizer:
            steady.stage = STEPPING
            return
        session = self.session
        if not session.active or get_ident() != session.thread:
            return
        self.watch.unsteady()
        groups, entry = optimizer.param_groups, self.entries.get(id(optimizer))
        rate = groups[0].get("lr") if groups else None
        if entry is None:
            entry = self.entries[id(optimizer)] = Stepped(len(self.entries))
        self.entry = entry
        if not session.awake and entry.steps and rate is entry.rate:
            return
        detail, new = session.detail, not entry.steps
        entry.rate = rate if type(rate) is float else None
        if detail or new:  # a walk over frames costs microseconds, and the place hardly ever changes
            entry.place = session.person.place(3)
        closure = len(args) > 1 or kwargs.get("closure") is not None
        self.current = Step(optimizer, entry.number, entry.place, session.steps, detail, closure, entry)
        self.told = session.told[Level.CLOSE if detail else Level.WINDOW if session.window or new else Level.LIGHT]
        session.tell(self.told["on_step"], self.current)

    def after(self, optimizer: Any, _args: Any, _kwargs: Any) -> None:
        """Tell that a step was made, and count those of the first optimizer."""
        steady, session = self.watch.steady, self.session
        if steady is not None and steady.stage == STEPPING:
            rate = optimizer.param_groups[0]["lr"]
            if rate is not steady.rate:
                steady.set_rate(rate)
            steady.stage = BEGUN
            steady.steps += 1
            session.optimized = session.steps = step = session.steps + 1
            if step >= session.until:
                session.look_ahead()
            return
        current, self.current = self.current, None
        entry, self.entry = self.entry, None
        if entry is None or not session.active or get_ident() != session.thread:
            return
        session.present.step_place = entry.place
        if current is not None:
            session.tell(self.told["after_step"], current)
        entry.steps += 1
        if entry.number != self.lead:
            self.rests += 1
            if self.rests <= PATIENCE:
                return
            self.lead = entry.number
        self.rests = 0
        session.counted(steps=1)
        self.watch.stepped(entry, optimizer)


def built(watch: "Watch", original: Any) -> Any:
    """Tell where an optimizer was built."""

    @functools.wraps(original)
    def __init__(optimizer: Any, *args: Any, **kwargs: Any) -> None:  # noqa: N807 - it takes that place
        original(optimizer, *args, **kwargs)
        if watch.session.watching:
            watch.session.expects_steps = True
            watch.steps.begin(optimizer)
            watch.session.emit("on_optimizer", optimizer, watch.session.person.place(2))

    return __init__


def scheduler_built(watch: "Watch", original: Any) -> Any:
    """Tell where a scheduler was built."""

    @functools.wraps(original)
    def __init__(scheduler: Any, *args: Any, **kwargs: Any) -> None:  # noqa: N807 - it takes that place
        original(scheduler, *args, **kwargs)
        if watch.session.watching:
            watch.session.emit("on_scheduler", scheduler, watch.session.person.place(2))

    return __init__


def scheduled(watch: "Watch", original: Any) -> Any:
    """Tell of a scheduler's step, but for the one in its construction."""

    @functools.wraps(original)
    def step(scheduler: Any, *args: Any, **kwargs: Any) -> Any:
        result = original(scheduler, *args, **kwargs)
        if watch.session.watching and getattr(scheduler, "_is_initial", False) is False:
            watch.session.emit("on_schedule", scheduler, watch.session.person.place(2), watch.session.steps)
        return result

    return step


def clipped(watch: "Watch", original: Any) -> Any:
    """Tell of gradients clipped by their norm."""

    @functools.wraps(original)
    def clip_grad_norm_(parameters: Any, max_norm: float, *args: Any, **kwargs: Any) -> Any:
        kept = parameters if isinstance(parameters, torch.Tensor) else list(parameters)
        norm = original(kept, max_norm, *args, **kwargs)
        if watch.session.watching:
            watch.session.emit("on_clip", kept, max_norm, norm, watch.session.person.place(2), watch.session.steps)
        return norm

    return clip_grad_norm_
