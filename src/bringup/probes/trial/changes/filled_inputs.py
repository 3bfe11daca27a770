"""Inputs whose missing values are filled."""

from typing import Any

import torch

from bringup.probes.trial.changes.inputs import ChangedInputs


class FilledInputs(ChangedInputs):
    """What is no number in an input is the mean of its column, as far as that was seen; 0 where none was."""

    def __init__(self, session: Any, options: dict[str, Any]) -> None:
        super().__init__(session, options)
        self.sums: dict[Any, tuple[torch.Tensor, torch.Tensor]] = {}

    def change(self, module: Any, which: Any, value: torch.Tensor) -> torch.Tensor:
        """Fill."""
        fine = torch.isfinite(value)
        kept = torch.where(fine, value, torch.zeros_like(value))
        sums, counts = self.sums.get((id(module), which, value.shape[1:]), (0.0, 0.0))
        sums, counts = sums + kept.sum(dim=0), counts + fine.sum(dim=0)
        self.sums[id(module), which, value.shape[1:]] = sums, counts
        if bool(fine.all()):
            self.acted -= 1
            return value
        return torch.where(fine, value, (sums / counts.clamp(min=1)).expand_as(value))
