"""The boundary of the backward pass."""

import functools
import sys
import weakref
from threading import get_ident
from typing import TYPE_CHECKING, Any

import torch

from bringup.capture.events import Backward, Site, Token
from bringup.capture.series import Curve
from bringup.capture.thinning import Level
from bringup.capture.torch.graph import LOSS, Graph, children, place_of, read_graph
from bringup.capture.torch.steady import JUDGED as BY_NOW
from bringup.capture.torch.steady import PASSED

if TYPE_CHECKING:
    from bringup.capture.torch.boundaries import Watch

getframe = sys._getframe
NAN = float("nan")
MOST_CURVES = 100
MOST_WAITING = 100  # losses
JUDGED = 3  # graphs that are searched for the calls of a place
MOST_UP = 50  # nodes above the loss function that are searched for its line


def install(watch: "Watch") -> None:
    """See every backward pass; `Tensor.backward` comes through here."""
    watch.patches.replace(torch.autograd, "backward", lambda original: wrapped(watch, original))
    watch.patches.replace(torch.amp.GradScaler, "scale", lambda original: scaled(watch, original))


def scaled(watch: "Watch", original: Any) -> Any:
    """A gradient scaler's scaling, after which the loss that counts is the one before."""

    @functools.wraps(original)
    def scale(scaler: Any, outputs: Any) -> Any:
        result = original(scaler, outputs)
        if isinstance(result, torch.Tensor) and watch.session.watching:
            watch.scaled = weakref.ref(result), weakref.ref(outputs)
        return result

    return scale


def unscaled(watch: "Watch", loss: Any) -> Any:
    """The loss before it was scaled; itself where it was not."""
    if watch.scaled is None or watch.scaled[0]() is not loss:
        return loss
    before = watch.scaled[1]()
    return loss if before is None else before


def wrapped(watch: "Watch", original: Any) -> Any:
    """A backward pass that is told of, before and after."""
    session = watch.session

    def backward(tensors: Any, *args: Any, **kwargs: Any) -> Any:
        steady = watch.steady
        if steady is not None and steady.stage == BY_NOW and get_ident() == session.thread:
            try:
                frame = getframe(2)
                value = tensors.item() if frame.f_lasti == steady.back_at and frame.f_code is steady.back_code else NAN
            except (ValueError, AttributeError, RuntimeError):  # no loss: what is wrong with it, torch itself will tell
                value = NAN
            if value - value == 0:  # neither NaN nor infinite
                steady.given = steady.target = None
                steady.losses.append((session.steps, value))
                steady.stage = PASSED
                return unobserved(watch, original, tensors, args, kwargs)
        if watch.in_backward or not session.active or get_ident() != session.thread:
            return original(tensors, *args, **kwargs)
        watch.unsteady()
        try:
            frame = getframe(2)
        except ValueError:  # called from the outermost frame of all
            frame = None
        watch.by_backward = True
        if not session.awake and isinstance(tensors, torch.Tensor) and tensors.numel() == 1:
            curve = session.curves.get(session.person.place(2))
            if curve is not None and watch.scaled is None:
                value = tensors.item()
                if value - value == 0 and credited(watch):
                    curve.waiting.append((session.steps, value))
                    if len(curve.waiting) >= MOST_WAITING:
                        curve.settle()
                    watch.trail.backward(curve, frame)
                    return unobserved(watch, original, tensors, args, kwargs)
        result = observed(watch, original, tensors, args, kwargs)
        watch.trail.backward(session.curves.get(session.person.place(2)), frame)
        return result

    return backward


def unobserved(watch: "Watch", original: Any, tensor: torch.Tensor, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Run a pass where no events are made."""
    session = watch.session
    watch.in_backward = True
    try:
        result = original(tensor, *args, **kwargs)
    except BaseException:
        failed(watch, tensor)
        raise
    finally:
        watch.in_backward = False
    session.present.root = weakref.ref(tensor)
    session.backwards += 1
    return result


def failed(watch: "Watch", tensor: torch.Tensor) -> None:
    """Remember a pass that failed, and of which no event was made."""
    session, present = watch.session, watch.session.present
    watch.unsteady()
    present.backward = Backward((tensor,), session.person.place(3), session.steps, False, loss_place=present.loss_place)


def credited(watch: "Watch") -> bool:
    """Count a pass for the places whose calls it follows; not where the graph of one is still to be searched for calls."""
    pending = watch.pending
    for site in pending:
        if site.judged < JUDGED:
            return False
    for site in pending:
        follow(site)
    pending.clear()
    return True


def follow(site: Site) -> None:
    """Count a pass that follows a call from a place."""
    site.pending = False
    site.backwards += 1
    site.in_eval += not (site.trains or site.parts)


def observed(watch: "Watch", original: Any, tensors: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Run a pass from some tensors, tell of it, and count it."""
    session, present = watch.session, watch.session.present
    try:
        present.backward = event = before(watch, tensors)
    except Exception as error:  # noqa: BLE001 - noted; what is wrong with the loss, torch itself will tell
        session.trouble("backward", error)
        present.backward = event = Backward((), session.person.place(2), session.steps, False)
    told = session.told[Level.CLOSE if event.graph is not None else Level.WINDOW if session.window else Level.LIGHT]
    session.tell(told["on_backward"], event)
    watch.in_backward = True
    try:
        result = original(tensors, *args, **kwargs)
    finally:
        watch.in_backward = False
    present.backward = None
    present.root = weakref.ref(event.roots[0]) if event.roots else None
    session.tell(told["after_backward"], event)
    session.counted(backwards=1)
    return result


def before(watch: "Watch", tensors: Any) -> Backward:
    """Look at the loss, and on some steps at its graph."""
    session = watch.session
    roots = (tensors,) if isinstance(tensors, torch.Tensor) else tuple(tensors)
    event = Backward(roots, session.person.place(3), session.steps, session.detail)
    first = roots[0] if roots else None
    if first is None:
        return event
    if first.numel() == 1:
        event.value = float((first if watch.scaled is None else unscaled(watch, first)).item())
        curve = session.curves.get(event.place)
        if curve is None and len(session.curves) < MOST_CURVES:
            curve = session.curves[event.place] = Curve()
        if curve is not None:
            curve.add(event.step, event.value)
    node, pending, curious = first.grad_fn, watch.pending, False
    for site in pending:
        follow(site)
        curious = curious or site.judged < JUDGED
    if node is not None and (event.detail or curious):
        event.graph = read_graph(node)
        credit(watch, event.graph)
        event.calls = tuple(event.graph.tokens)
    pending.clear()
    known = watch.loss_places.get(event.place)
    if session.awake and (event.detail or known is None):  # a search of the graph, for a line that hardly ever changes
        known = watch.loss_places[event.place] = line_of_loss(node) or event.place
    event.loss_place = known or session.present.loss_place or event.place
    return event


def credit(watch: "Watch", graph: Graph) -> None:
    """Note which places the loss came from; by the graph, since order would credit validation passes as well."""
    tokens: list[Token] = graph.tokens
    for site in watch.pending:
        site.judged += 1
    for site in {id(token.site): token.site for token in tokens}.values():
        site.trained += 1


def line_of_loss(node: Any) -> Any:
    """The line of the loss function below a root, or of what was written by hand; the root itself may be a sum or a scaling."""
    waiting, number = [node] if node is not None else [], 0
    while number < len(waiting) and number < MOST_UP:
        current = waiting[number]
        if LOSS in current.metadata:
            return current.metadata[LOSS]
        waiting.extend(children(current))
        number += 1
    return place_of(waiting[0]) if waiting else None
