"""How well answers fit targets, whatever the loss: a measure that stays the same when the loss is changed."""

from dataclasses import dataclass

import torch

OVER_CLASSES = frozenset({"cross_entropy", "nll_loss", "multi_margin_loss", "categorical_crossentropy"})
YES_OR_NO = {"binary_cross_entropy": 0.5, "binary_cross_entropy_with_logits": 0.0, "soft_margin_loss": 0.0}
VALUES = frozenset({"mse_loss", "l1_loss", "smooth_l1_loss", "huber_loss", "gaussian_nll_loss"})
IGNORED = -100


@dataclass(frozen=True)
class Judged:
    """A measure of answers: 1 is perfect."""

    value: float
    quantity: str


def judge(parts: list[tuple[str, torch.Tensor, torch.Tensor]]) -> Judged | None:
    """Judge answers by the loss function that they go into.

    Args:
        parts: Batches of (name of the loss function, what goes into it, targets).

    Returns:
        The share of right answers, averaged over the classes that occur, or R²; None where that is not defined.
    """
    names = {name for name, _, _ in parts}
    if len(names) != 1:
        return None
    name = names.pop()
    pairs = [pair for _, given, target in parts if (pair := paired(name, given, target)) is not None]
    if not pairs or not all(bool(torch.isfinite(answers.double()).all()) for answers, _ in pairs):
        return None
    answers, targets = torch.cat([a for a, _ in pairs]).double(), torch.cat([t for _, t in pairs]).double()
    if name in VALUES:
        spread = ((targets - targets.mean()) ** 2).sum()
        if spread <= 0:
            return None
        return Judged(float(1 - ((answers - targets) ** 2).sum() / spread), "R²")
    shares = [float((answers[targets == label] == label).double().mean()) for label in targets.unique()]
    return Judged(sum(shares) / len(shares), "share of right answers, averaged over the classes")


def paired(name: str, given: torch.Tensor, target: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor] | None:
    """Answers and targets in one row each; None where they do not fit together."""
    given, target = given.detach(), target.detach()
    if name in OVER_CLASSES:
        if given.ndim < 2:
            return None
        answers = given.argmax(dim=1)
        if target.shape == given.shape:
            target = target.argmax(dim=1)
        if target.shape != answers.shape:
            return None
        known = target != IGNORED
        return answers[known], target[known]
    if given.numel() != target.numel():
        return None
    given, target = given.reshape(-1), target.reshape(-1)
    if name in YES_OR_NO:
        limit = YES_OR_NO[name]
        shares = name == "binary_cross_entropy_with_logits" and float(given.min()) >= 0 and float(given.max()) <= 1
        return (given > (0.5 if shares else limit)).long(), (target > 0.5).long()
    return (given, target) if name in VALUES else None
