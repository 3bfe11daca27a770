"""The boundary of the loss: the functions of `torch.nn.functional` that compute one; the modules of `torch.nn` call them."""

import functools
import inspect
from typing import TYPE_CHECKING, Any

import torch
import torch.nn.functional as functions

from bringup.capture.events import LossCall
from bringup.capture.torch.graph import LOSS

if TYPE_CHECKING:
    from bringup.capture.torch.boundaries import Watch

NAMES = (
    "cross_entropy", "nll_loss", "mse_loss", "l1_loss", "smooth_l1_loss", "huber_loss", "binary_cross_entropy",
    "binary_cross_entropy_with_logits", "kl_div", "poisson_nll_loss", "gaussian_nll_loss", "hinge_embedding_loss",
    "margin_ranking_loss", "multi_margin_loss", "multilabel_margin_loss", "multilabel_soft_margin_loss",
    "soft_margin_loss", "triplet_margin_loss", "cosine_embedding_loss", "ctc_loss",
)  # fmt: skip
CLOSE_LOSSES = 3


def install(watch: "Watch") -> None:
    """Replace the loss functions."""
    for name in NAMES:
        watch.patches.replace(functions, name, lambda original, name=name: wrapped(watch, name, original))


def wrapped(watch: "Watch", name: str, original: Any) -> Any:
    """A loss function that tells of its calls."""
    signature = inspect.signature(original)
    first, second = list(signature.parameters)[:2]
    compiling = torch.compiler.is_compiling
    seen: dict[Any, int] = {}
    session = watch.session

    @functools.wraps(original)
    def loss_function(*args: Any, **kwargs: Any) -> Any:
        if watch.in_loss or watch.in_backward or compiling() or not session.watching:
            return original(*args, **kwargs)
        places = session.person.places(2)
        count = seen[places] = seen.get(places, 0) + 1
        close = count <= CLOSE_LOSSES or session.detail
        if close:
            options = bound(signature, args, kwargs)
            given, target = options.pop(first, None), options.pop(second, None)
        else:
            options = kwargs
            given = args[0] if args else kwargs.get(first)
            target = args[1] if len(args) > 1 else kwargs.get(second)
        place = places[0] if places else None
        event = LossCall(name, given, target, options, None, place, places, session.steps, close)
        watch.in_loss = True
        try:
            event.output = original(*args, **kwargs)
        finally:
            watch.in_loss = False
            if event.output is None:
                session.emit("on_loss", event)
        node = getattr(event.output, "grad_fn", None)
        if node is not None:
            event.trains = True
            node.metadata[LOSS] = event.place
        session.emit("on_loss", event, light=not close)
        return event.output

    return loss_function


def bound(signature: inspect.Signature, args: Any, kwargs: Any) -> dict[str, Any]:
    """Arguments by name, defaults included; {} where they do not fit, which the function itself will say."""
    try:
        arguments = signature.bind(*args, **kwargs)
    except TypeError:
        return {}
    arguments.apply_defaults()
    return dict(arguments.arguments)
