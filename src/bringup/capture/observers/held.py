"""Rows of tensors that are kept: by reference where that is safe, since copying every batch would slow small steps down."""

import numpy as np
import torch

LARGER = 8  # times as much memory as its rows need, at the most, may a reference keep alive


class Held:
    """The first rows of a tensor as they were when they were seen.

    A reference costs a tenth of a copy. Whether the memory was written to since is told by the version that torch counts.
    """

    __slots__ = ("array", "bytes", "tensor", "version")

    def __init__(self, tensor: torch.Tensor, *, copy: bool) -> None:
        self.bytes = tensor.nbytes
        self.array: np.ndarray | None = None
        self.tensor: torch.Tensor | None = None
        self.version = 0
        if copy or not tensor.is_cpu or is_part_of_much(tensor, self.bytes):
            self.array = plain(tensor)
            return
        try:
            self.tensor, self.version = tensor, tensor._version
        except RuntimeError:  # of inference mode, whose tensors have no version
            self.array = plain(tensor)

    @property
    def changed(self) -> bool:
        """Whether it was written to since, so that it is lost."""
        return self.tensor is not None and self.tensor._version != self.version

    def copy(self) -> None:
        """Keep the values, and not the tensor."""
        if self.tensor is not None:
            self.array, self.tensor = plain(self.tensor), None

    def values(self) -> np.ndarray | None:
        """The rows; None where they were written to since."""
        if self.tensor is None:
            return self.array
        return None if self.changed else plain(self.tensor)


def hold(tensor: torch.Tensor | None, rows: int, most: int, limit: int, *, copy: bool) -> Held | None:
    """Keep the first `most` of the rows; None where it is not `rows` of them, or they have over `limit` bytes."""
    if tensor is None or tensor.dim() == 0 or len(tensor) != rows or tensor.layout is not torch.strided or tensor.is_complex():
        return None
    values = tensor.detach() if most >= rows else tensor.detach()[:most]
    return None if values.numel() * values.element_size() > limit else Held(values, copy=copy)


def is_part_of_much(tensor: torch.Tensor, size: int) -> bool:
    """Whether a reference would keep far more memory alive than the rows need."""
    return tensor.untyped_storage().nbytes() > LARGER * size + (1 << 16)


def plain(tensor: torch.Tensor) -> np.ndarray:
    """A copy as an array; half precision as single."""
    with torch.no_grad():
        values = tensor.float() if tensor.dtype in (torch.bfloat16, torch.float16) else tensor
        return values.to("cpu", copy=True).numpy()
