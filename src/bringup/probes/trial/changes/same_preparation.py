"""Evaluated rows that are prepared like training rows."""

from typing import Any

import torch

from bringup.probes.trial.changes.inputs import ENOUGH_ROWS, ChangedInputs, Moments


class SamePreparation(ChangedInputs):
    """What a model is given without gradients has, feature by feature, the mean and spread of what it was trained on."""

    def __init__(self, session: Any, options: dict[str, Any]) -> None:
        super().__init__(session, options)
        self.trained: dict[Any, Moments] = {}
        self.judged: dict[Any, Moments] = {}

    def change(self, module: Any, which: Any, value: torch.Tensor) -> torch.Tensor:
        """Scale what is evaluated."""
        key = (id(module), which, value.ndim)
        trains = torch.is_grad_enabled() and module.training
        place = self.session.person.places(4)  # another evaluation may be of other rows
        known = self.trained.setdefault(key, Moments()) if trains else self.judged.setdefault((place, *key), Moments())
        if known.rows < ENOUGH_ROWS:
            known.add(value)
        wanted = self.trained.get(key)
        if trains or wanted is None:
            self.acted -= 1
            return value
        return known.scale(value) * wanted.std + wanted.mean
