"""The boundary of the loss: the functions of `torch.nn.functional` that compute one; the modules of `torch.nn` call them."""

import functools
import inspect
import sys
import weakref
from collections.abc import Callable
from threading import get_ident
from typing import TYPE_CHECKING, Any

import torch
import torch.nn.functional as functions

from bringup.capture.events import LossCall, Tally
from bringup.capture.source.person import Place
from bringup.capture.thinning import Level
from bringup.capture.torch.graph import LOSS
from bringup.capture.torch.steady import CALLED, JUDGED
from bringup.capture.torch.targets import complete, offer

if TYPE_CHECKING:
    from bringup.capture.torch.boundaries import Watch

NAMES = (
    "cross_entropy", "nll_loss", "mse_loss", "l1_loss", "smooth_l1_loss", "huber_loss", "binary_cross_entropy",
    "binary_cross_entropy_with_logits", "kl_div", "poisson_nll_loss", "gaussian_nll_loss", "hinge_embedding_loss",
    "margin_ranking_loss", "multi_margin_loss", "multilabel_margin_loss", "multilabel_soft_margin_loss",
    "soft_margin_loss", "triplet_margin_loss", "cosine_embedding_loss", "ctc_loss",
)  # fmt: skip
CLOSE_LOSSES = 3
compiler, in_dynamo, getframe = torch.compiler, torch.compiler.is_dynamo_compiling, sys._getframe
QUIET = (None, Level.LIGHT)  # how much the call of the model before was worth, where nobody wants the loss either


def install(watch: "Watch") -> None:
    """Replace the loss functions."""
    for name in NAMES:
        watch.patches.replace(functions, name, lambda original, name=name: Function(watch, name, original).wrapped(original))


class Function:
    """One loss function, and the places that call it."""

    def __init__(self, watch: "Watch", name: str, original: Any) -> None:
        self.watch, self.name = watch, name
        self.signature = inspect.signature(original)
        self.first, self.second = list(self.signature.parameters)[:2]
        self.tallies: dict[tuple[Place, ...], Tally] = {}
        self.last: tuple[Any, Tally | None] = (None, None)  # the very places of the last one: to hash them costs more

    def wrapped(self, original: Any) -> Any:
        """The function, telling of its calls."""
        watch, session, present = self.watch, self.watch.session, self.watch.session.present

        @functools.wraps(original)
        def loss_function(*args: Any, **kwargs: Any) -> Any:
            if watch.in_loss or watch.in_backward or in_dynamo() or compiler._is_compiling_flag:
                return original(*args, **kwargs)
            frame, steady = getframe(1), watch.steady
            if (
                steady is not None
                and steady.stage == CALLED
                and steady.function is self
                and frame.f_lasti == steady.line_at
                and frame.f_code is steady.line_code
                and len(args) > 1
            ):
                watch.in_loss = True
                try:
                    output = original(*args, **kwargs)
                except BaseException:
                    watch.unsteady()
                    self.ended(steady.places, args, kwargs, None)
                    raise
                finally:
                    watch.in_loss = False
                steady.stage = JUDGED
                steady.target = target = args[1]
                present.loss = weakref.ref(output)
                site = steady.site
                labels = site.labels
                if labels is not None and not labels.take(target):
                    offer(session, site, target)
                if site.deferred is not None:
                    complete(session, site, args[0], target)
                    steady.look()
                return output
            if not session.active or get_ident() != session.thread:
                return original(*args, **kwargs)
            watch.unsteady()
            places = session.person.places(2)
            if not session.awake and watch.level in QUIET and len(args) > 1:
                tally = self.last[1] if self.last[0] is places else self.tallies.get(places)
                if tally is not None and tally.calls >= CLOSE_LOSSES:
                    watch.trail.loss(self, tally, places, frame)
                    return self.quietly(original, tally, places, args, kwargs)
            output = None
            watch.in_loss = True
            try:
                output = original(*args, **kwargs)
                return output
            finally:
                watch.in_loss = False
                self.ended(places, args, kwargs, output)
                watch.trail.loss(self, self.tallies[places], places, frame)

        return loss_function

    def quietly(self, original: Any, tally: Tally, places: tuple[Place, ...], args: Any, kwargs: dict[str, Any]) -> Any:
        """Run the function where no events are made: it is only counted, unless it fails."""
        watch = self.watch
        present = watch.session.present
        watch.in_loss = True
        try:
            output = original(*args, **kwargs)
        except BaseException:
            self.ended(places, args, kwargs, None)
            raise
        finally:
            watch.in_loss = False
        site, watch.level = present.site if watch.level is not None else None, None
        self.last = places, tally
        tally.calls += 1
        target = args[1]
        present.target = weakref.ref(target) if isinstance(target, torch.Tensor) else None
        present.loss = weakref.ref(output)
        present.loss_place = places[0] if places else None
        if output.requires_grad:
            tally.training += 1
            if site is not None and site.labels is not None:
                offer(watch.session, site, target)
            if site is not None and site.deferred is not None:
                complete(watch.session, site, args[0], target)
        return output

    def ended(self, places: tuple[Place, ...], args: Any, kwargs: Any, output: Any) -> None:
        """Count a call, and tell of it; it failed without an output."""
        tally = self.tallies.get(places)
        if tally is None:
            tally = self.tallies[places] = Tally()
        given = args[0] if args else kwargs.get(self.first)
        target = args[1] if len(args) > 1 else kwargs.get(self.second)
        try:
            ended(
                self.watch,
                tally,
                self.name,
                places,
                (given, target, output),
                lambda close: self.options(args, kwargs) if close else kwargs,
            )
        except Exception as error:  # noqa: BLE001 - noted
            self.watch.session.trouble("losses", error)

    def options(self, args: Any, kwargs: Any) -> dict[str, Any]:
        """The further arguments by name, defaults included; {} where they do not fit, which the function itself says."""
        try:
            arguments = self.signature.bind(*args, **kwargs)
        except TypeError:
            return {}
        arguments.apply_defaults()
        return {name: value for name, value in arguments.arguments.items() if name not in (self.first, self.second)}


def ended(
    watch: "Watch",
    tally: Tally,
    name: str,
    places: tuple[Place, ...],
    values: tuple[Any, Any, Any],
    options: Callable[[bool], dict[str, Any]],
) -> None:
    """Count a call of a loss, remember it as the present one, and tell those who want to hear of it.

    Args:
        values: What is judged, the target, and the loss; None where the call failed.
        options: Its further arguments, all of them by name where it is looked at closely.
    """
    given, target, output = values
    place = places[0] if places else None
    tally.calls += 1
    node = getattr(output, "grad_fn", None)
    if node is not None:
        tally.training += 1
        node.metadata[LOSS] = place
    session = watch.session
    present = session.present
    present.target = weakref.ref(target) if isinstance(target, torch.Tensor) else None
    present.loss = weakref.ref(output) if isinstance(output, torch.Tensor) else None
    present.loss_place = place
    site = None if watch.level is None else present.site
    if node is not None and site is not None and site.labels is not None:
        offer(session, site, target)
    if node is not None and site is not None and site.deferred is not None:
        complete(session, site, given, target)
    level = level_of(watch, tally)
    listeners = session.told[level if output is not None else Level.CLOSE]["on_loss"]
    if listeners:
        close = level == Level.CLOSE
        told = (name, given, target, options(close), output, place, places, session.steps, close, node is not None)
        session.tell(listeners, LossCall(*told, site, tally))


def level_of(watch: "Watch", tally: Tally) -> Level:
    """How much a loss is worth: as much as the call of the model before it, where there was one."""
    called, watch.level = watch.level, None
    if tally.calls <= CLOSE_LOSSES or (called is None and watch.session.detail):
        return Level.CLOSE
    if called is None:
        return Level.WINDOW if watch.session.window else Level.LIGHT
    if called == Level.CLOSE and not watch.session.detail:
        return Level.WINDOW
    return called
