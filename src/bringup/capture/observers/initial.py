"""The first loss, against what theory gives for a model that knows nothing."""

import math
from typing import Any

import torch

from bringup.capture.events import LossCall, ModelCall
from bringup.capture.observer import Observer
from bringup.capture.torch.tensors import describe, first_tensor
from bringup.record import InitialFacts, TensorFacts

UNIT = (0.1, 10.0)  # standard deviation of inputs of an ordinary scale
FAR = 10.0  # largest mean of such inputs


class Initial(Observer):
    """Fills `initial`, where the first loss is one that theory knows and is not below it: weights that were loaded do better.

    Inputs far from unit scale make any first loss; they are told of elsewhere, and nothing is filled in.
    """

    in_windows = frozenset({"on_call", "on_loss"})

    def __init__(self, session: Any) -> None:
        super().__init__(session)
        self.over = False
        self.input: TensorFacts | None = None
        self.found: InitialFacts | None = None

    def on_call(self, call: ModelCall) -> None:
        """Look at the input of the first call with gradients."""
        if not self.over and call.site.grad and self.input is None:
            given = first_tensor(call.args, call.kwargs)
            self.input = describe(given) if given is not None and given.is_floating_point() else TensorFacts()

    def on_loss(self, loss: LossCall) -> None:
        """Compare the first loss with theory."""
        if self.over or not loss.trains or not isinstance(loss.output, torch.Tensor):
            return
        self.over = True
        self.session.leave(self, "on_call", "on_loss")
        expected = in_theory(loss) if loss.step == 0 and loss.output.numel() == 1 and self.ordinary() else None
        value = float(loss.output.detach()) if expected is not None else math.nan
        if expected is not None and math.isfinite(value) and value >= expected:
            spread = float(loss.input.detach().double().std(correction=0))
            self.found = InitialFacts(weights_digest="", loss=value, expected_loss=expected, output_std=spread)

    def ordinary(self) -> bool:
        """Whether the input of the model has an ordinary scale; token numbers have none, and embeddings may be large."""
        facts = self.input
        if facts is None or facts.std is None or facts.mean is None:
            return False
        return UNIT[0] <= facts.std <= UNIT[1] and abs(facts.mean) <= FAR

    def facts(self) -> dict[str, Any]:
        """The first loss."""
        return {"initial": self.found} if self.found is not None else {}


def in_theory(loss: LossCall) -> float | None:
    """The loss of a model that knows nothing: ln C, ln 2, the variance of the target; None where options change it."""
    options, judged, target = loss.options, loss.input, loss.target
    plain = options.get("reduction") == "mean" and not options.get("label_smoothing")
    if not plain or options.get("weight") is not None or options.get("pos_weight") is not None:
        return None
    if not isinstance(judged, torch.Tensor) or not isinstance(target, torch.Tensor) or judged.numel() < 2:
        return None
    over_classes = loss.function in ("cross_entropy", "categorical_crossentropy")
    if over_classes and judged.dim() >= 2 and not target.is_floating_point() and judged.shape[1] > 1:
        return math.log(judged.shape[1])
    if (
        loss.function == "binary_cross_entropy_with_logits"
        and judged.shape == target.shape
        and bool(((target >= 0) & (target <= 1)).all())
    ):
        return math.log(2)
    if loss.function == "mse_loss" and judged.shape == target.shape and not target.requires_grad:
        values = target.detach().double()
        spread = float(values.std(correction=0))
        return spread**2 if spread > 0 and abs(float(values.mean())) < spread else None
    return None
