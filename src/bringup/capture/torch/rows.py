"""Which rows a model was trained on, by a number for each row."""

import torch

MOST = 2000
LOOKED = 200  # rows of a call that are held against them


class Rows:
    """The rows of the first training calls of one model."""

    def __init__(self) -> None:
        self.known: set[float] = set()

    @property
    def full(self) -> bool:
        """Whether no more are taken in."""
        return len(self.known) >= MOST

    def add(self, tensor: torch.Tensor) -> None:
        """Take in the rows of a batch."""
        self.known.update(keys(tensor[: MOST - len(self.known)]))

    def share(self, tensor: torch.Tensor) -> float:
        """Share of the first rows of a batch that are known."""
        found = keys(tensor[:LOOKED])
        return sum(key in self.known for key in found) / len(found) if found else 0.0


def keys(tensor: torch.Tensor) -> list[float]:
    """A number for each row, that two rows have in common only by chance."""
    with torch.no_grad():
        flat = tensor.detach().reshape(len(tensor), -1).double()
        weights = torch.arange(1, flat.shape[1] + 1, dtype=torch.float64, device=flat.device).sqrt()
        return [float(value) for value in flat @ weights]
