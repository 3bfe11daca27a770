"""One input column that tells nothing."""

from typing import Any

import torch

from bringup.probes.trial.changes.inputs import ChangedInputs


class WithoutInput(ChangedInputs):
    """One column of rows of features is everywhere what it is on average in the first batch."""

    def __init__(self, session: Any, options: dict[str, Any]) -> None:
        super().__init__(session, options)
        self.mean: dict[int, torch.Tensor] = {}

    def change(self, module: Any, which: Any, value: torch.Tensor) -> torch.Tensor:
        """Replace the column."""
        del which
        column = int(self.options["column"])
        if value.ndim != 2 or value.shape[1] <= column:
            self.acted -= 1
            return value
        mean = self.mean.setdefault(id(module), value[:, column].mean())
        changed = value.clone()
        changed[:, column] = mean
        return changed
