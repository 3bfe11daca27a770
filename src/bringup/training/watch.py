"""What the training loop sees of itself: series while they grow, where it stands, the sizes of gradients and updates."""

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import torch
from torch import nn

from bringup.record import Series


@dataclass
class Watch:
    """What the loop saw: series by name, as lists while they grow."""

    series: dict[str, list[tuple[int, float]]] = field(default_factory=dict)
    units: dict[str, str] = field(default_factory=dict)

    def note(self, name: str, step: int, value: float, unit: str = "1") -> None:
        """Add one value."""
        self.series.setdefault(name, []).append((step, value))
        self.units[name] = unit

    def frozen(self) -> dict[str, Series]:
        """The series as a record holds them."""
        return {
            name: Series(
                unit=self.units.get(name, "1"),
                steps=tuple(step for step, _ in points),
                values=tuple(value for _, value in points),
            )
            for name, points in self.series.items()
        }


@dataclass
class Progress:
    """Where a training stands between two epochs; goes into the checkpoint."""

    epoch: int = 0
    step: int = 0
    best_loss: float = math.inf
    best_epoch: int = 0
    seconds: float = 0.0
    stopped_by: str = ""


def to_state(watch: Watch, now: Progress) -> dict[str, Any]:
    """Series and progress as plain values, for a checkpoint."""
    return {"progress": asdict(now), "series": watch.series, "units": watch.units}


def from_state(state: dict[str, Any]) -> tuple[Watch, Progress]:
    """Series and progress out of a checkpoint."""
    series = {name: [(int(step), float(value)) for step, value in points] for name, points in state["series"].items()}
    return Watch(series, dict(state["units"])), Progress(**state["progress"])


def sizes(network: nn.Module, before: Sequence[torch.Tensor]) -> tuple[float, float]:
    """The norm of the gradient, and the size of the last update relative to the weights (a healthy one is near 1e-3)."""
    parameters = list(network.parameters())
    gradient = norm([p.grad for p in parameters if p.grad is not None])
    moved = norm([p.detach() - b for p, b in zip(parameters, before, strict=True)])
    return gradient, moved / max(norm(before), 1e-12)


def norm(tensors: Sequence[torch.Tensor]) -> float:
    """The Euclidean norm of all values together."""
    return math.sqrt(sum(float(tensor.square().sum()) for tensor in tensors))
