"""Labels permuted over the examples: nothing that is left can be learned but the rows by heart."""

from typing import Any

import torch

from bringup.capture.torch.tensors import first_tensor
from bringup.probes.trial.changes.losses import ChangedLoss

MOST_ROWS = 100_000  # that are remembered


class ShuffledLabels(ChangedLoss):
    """Gives each row the label of another row of the batch in which it was first seen, and keeps to it.

    A row that comes again has the label that it had before, so that it can be learned by heart as well as with its true one:
    what is lost is what inputs tell of labels, and nothing else.
    """

    def __init__(self, session: Any, options: dict[str, Any]) -> None:
        super().__init__(session, options)
        self.generator = torch.Generator().manual_seed(int(options.get("seed", 0)))
        self.known: dict[int, torch.Tensor] = {}
        self.rows: list[int] | None = None

    def before_call(self, site: Any, module: Any, args: tuple[Any, ...], kwargs: dict[str, Any], detail: bool) -> None:
        """Tell the rows of a batch apart by what is in them."""
        del site, module, detail
        given = first_tensor(args, kwargs) if torch.is_grad_enabled() else None
        self.rows = None if given is None or given.ndim == 0 else keys(given)

    def change(self, name: str, given: torch.Tensor, target: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Permute."""
        del name
        if not isinstance(target, torch.Tensor) or target.ndim == 0 or len(target) < 2 or not torch.is_grad_enabled():
            return given, target
        other = target[torch.randperm(len(target), generator=self.generator).to(target.device)]
        if self.rows is None or len(self.rows) != len(target):
            return given, other
        rows = []
        for row, label in zip(self.rows, other, strict=True):
            if row not in self.known and len(self.known) < MOST_ROWS:
                self.known[row] = label.clone()
            rows.append(self.known.get(row, label))
        return given, torch.stack(rows)


def keys(rows: torch.Tensor) -> list[int]:
    """A number for each row, the same for the same values."""
    values = rows.detach().reshape(len(rows), -1).cpu().contiguous()
    array = values.float().numpy() if values.dtype is torch.bfloat16 else values.numpy()
    return [hash(row.tobytes()) for row in array]
