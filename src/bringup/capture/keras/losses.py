"""The boundary of the loss: what Keras compares with what, told as the loss function of torch that it amounts to."""

import ast
import functools
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import torch

from bringup.capture.events import Tally
from bringup.capture.source.person import Place
from bringup.capture.source.syntax import tree_of
from bringup.capture.torch.graph import ERROR
from bringup.capture.torch.losses import ended

if TYPE_CHECKING:
    from bringup.capture.torch.boundaries import Watch

AMOUNTS_TO = {
    "mean_squared_error": "mse_loss",
    "mean_absolute_error": "l1_loss",
    "huber": "huber_loss",
    "log_cosh": "smooth_l1_loss",
    "poisson": "poisson_nll_loss",
    "kl_divergence": "kl_divergence",
    "mean_absolute_percentage_error": "percentage_error",
    "mean_squared_logarithmic_error": "logarithmic_error",
    "hinge": "hinge",
    "cosine_similarity": "cosine_similarity",
}
PROBABILITIES, SCORES = "categorical_crossentropy", "cross_entropy"
YES_NO = {True: "binary_cross_entropy_with_logits", False: "binary_cross_entropy"}
REDUCTIONS = {"sum_over_batch_size": "mean", "mean_with_sample_weight": "mean", None: "none"}


def install(watch: "Watch") -> None:
    """See the losses that Keras computes, and where they were chosen."""
    from keras import Loss, Model  # pyright: ignore[reportMissingImports]

    boundary = KerasLosses(watch)
    wrapper = sys.modules["keras.src.losses.losses"].LossFunctionWrapper
    watch.patches.replace(wrapper, "call", boundary.wrapped)
    watch.patches.replace(Loss, "__init__", boundary.built)
    watch.patches.replace(Loss, "__call__", boundary.weighing)
    watch.patches.replace(Model, "compile", boundary.compiled)


class KerasLosses:
    """Tells of losses, and remembers the lines that chose them."""

    def __init__(self, watch: "Watch") -> None:
        self.watch = watch
        self.chosen: Place | None = None  # by the last `compile`
        self.tallies: dict[Any, Tally] = {}
        self.weighted = False  # whether the loss that is being computed has a weight for each row

    def built(self, original: Any) -> Any:
        """Note the line that built a loss."""
        session = self.watch.session

        @functools.wraps(original)
        def __init__(loss: Any, *args: Any, **kwargs: Any) -> None:  # noqa: N807 - it takes that place
            original(loss, *args, **kwargs)
            if session.watching and not self.watch.muted:  # those that Keras builds by their names are chosen in `compile`
                session.creations.note(loss, 2)

        return __init__

    def compiled(self, original: Any) -> Any:
        """Note the line that names the loss in a call of `compile`."""
        session = self.watch.session

        @functools.wraps(original)
        def compile(model: Any, *args: Any, **kwargs: Any) -> Any:
            if session.watching:
                place = session.person.place(2)
                self.chosen = line_of_argument(place, "loss", 1) if place is not None else None
            return original(model, *args, **kwargs)

        return compile

    def weighing(self, original: Any) -> Any:
        """A loss with the weights of its rows, into which Keras turns weights of classes as well."""

        @functools.wraps(original)
        def __call__(loss: Any, y_true: Any, y_pred: Any, sample_weight: Any = None) -> Any:  # noqa: N807 - it takes that place
            before, self.weighted = self.weighted, sample_weight is not None
            try:
                return original(loss, y_true, y_pred, sample_weight=sample_weight)
            finally:
                self.weighted = before

        return __call__

    def wrapped(self, original: Any) -> Any:
        """A loss that is told of."""
        watch, session = self.watch, self.watch.session

        @functools.wraps(original)
        def call(loss: Any, y_true: Any, y_pred: Any) -> Any:
            name = name_of(loss)
            if watch.in_loss or watch.in_backward or not session.watching or not isinstance(y_pred, torch.Tensor):
                with self.catching(loss, name, y_pred, y_true):
                    return original(loss, y_true, y_pred)
            for hook in watch.loss_hooks:
                y_pred, y_true = hook(name, y_pred, y_true)
            output = None
            watch.in_loss = True
            try:
                with self.catching(loss, name, y_pred, y_true):
                    output = original(loss, y_true, y_pred)
                return output
            finally:
                watch.in_loss = False
                self.ended(loss, name, y_true, y_pred, output)

        return call

    def ended(self, loss: Any, name: str, y_true: Any, y_pred: Any, output: Any) -> None:
        """Tell of a call, as one of the loss function of torch that it amounts to."""
        session = self.watch.session
        places = session.person.places(3)
        place = session.creations.place(loss) or self.chosen
        if place is not None:
            places = (place, *places)
        tally = self.tallies.get((id(loss), places))
        if tally is None:
            tally = self.tallies[id(loss), places] = Tally()
        node = getattr(output, "grad_fn", None)
        if node is not None and session.detail:
            node.metadata[ERROR] = (name.replace("_", " "), float(output.detach().mean()))
        values = (*as_torch_takes_it(name, y_true, y_pred), output)
        ended(self.watch, tally, name, places, values, lambda _: self.options(loss))

    def options(self, loss: Any) -> dict[str, Any]:
        """How the values of the rows become one, in torch's words."""
        reduction = getattr(loss, "reduction", None)
        found: dict[str, Any] = {"reduction": REDUCTIONS.get(reduction, reduction), "library": "keras"}
        return {**found, "weight": "for each row"} if self.weighted else found

    @contextmanager
    def catching(self, loss: Any, name: str, given: Any, target: Any) -> Iterator[None]:
        """Note an exception that passes."""
        try:
            yield
        except Exception as error:
            self.watch.caught.loss(error, name, given, target, self.watch.session.creations.place(loss) or self.chosen)
            raise


def name_of(loss: Any) -> str:
    """The loss function of torch that a loss of Keras amounts to; its own name where there is none."""
    function = getattr(getattr(loss, "fn", None), "__name__", "") or type(loss).__name__
    logits = bool(getattr(loss, "_fn_kwargs", {}).get("from_logits"))
    if "categorical_crossentropy" in function:
        return SCORES if logits else PROBABILITIES
    if "binary_crossentropy" in function or "binary_focal" in function:
        return YES_NO[logits]
    return AMOUNTS_TO.get(function, function)


def as_torch_takes_it(name: str, y_true: Any, y_pred: torch.Tensor) -> tuple[torch.Tensor, Any]:
    """Scores with the axis of the classes where torch has it, and targets of the same rank as torch takes them."""
    given = y_pred.movedim(-1, 1) if name in (SCORES, PROBABILITIES) and y_pred.dim() > 2 else y_pred
    target = y_true
    if not isinstance(target, torch.Tensor):
        return given, target
    if name in (SCORES, PROBABILITIES):
        if target.dim() == y_pred.dim() and target.shape == y_pred.shape:
            return given, target.movedim(-1, 1) if target.dim() > 2 else target
        if target.dim() == y_pred.dim() and target.shape[-1] == 1:
            target = target.squeeze(-1)
        return given, target.long() if whole(target) else target
    if target.shape != given.shape and target.numel() == given.numel():
        target = target.reshape(given.shape)  # Keras adds or takes an axis of size 1 by itself
    return given, target


def whole(target: torch.Tensor) -> bool:
    """Whether a target holds whole numbers."""
    return not target.is_floating_point() or bool((target == target.round()).all())


def line_of_argument(place: Place, name: str, position: int) -> Place:
    """The line of one argument of the call that begins on a line; that line where it is not found."""
    tree = tree_of(place[0])
    for node in ast.walk(tree) if tree is not None else ():
        if isinstance(node, ast.Call) and node.lineno <= place[1] <= (node.end_lineno or node.lineno):
            if not (isinstance(node.func, ast.Attribute) and node.func.attr == "compile"):
                continue
            named = next((keyword.value for keyword in node.keywords if keyword.arg == name), None)
            value = named or (node.args[position] if len(node.args) > position else None)
            if value is not None:
                return place[0], value.lineno
    return place
