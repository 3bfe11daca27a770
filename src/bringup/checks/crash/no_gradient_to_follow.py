"""CRS307 no-gradient-to-follow."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from bringup.checks.check import Check
from bringup.checks.crash.kinds import Kind, failed_by
from bringup.findings import Family, Finding, Measurement, Severity
from bringup.record import Record


@dataclass(frozen=True, kw_only=True)
class NoGradientToFollow(Check):
    """The loss depends on no parameter, as far as gradients can tell.

    ## What it detects
    A backward pass from a tensor that has no graph: computed under `no_grad`, cut off by `detach`, `argmax`, `item` or
    NumPy, wrapped into a new tensor, or a model whose parameters are all frozen.

    ## Why it is bad
    The program ends here; nothing was learned.

    ## How it is detected
    The mode in which the model was called, the parameters that require gradients, the last loss, and the operations
    seen that cut a graph.

    ## How to fix it
    Compute the loss from the model's own output, with gradients on, and without leaving torch in between.

    ## How it is confirmed
    Run the program again after the change: the exception is gone, or another one tells what comes next.
    """

    code: ClassVar[str] = "CRS307"
    name: ClassVar[str] = "no-gradient-to-follow"
    family: ClassVar[Family] = Family.CRASH
    severity: ClassVar[Severity] = Severity.ERROR
    bad: ClassVar[str] = """
import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(640, 8)
y = (x[:, 0] + x[:, 1] > 0).long()
model = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 2))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for epoch in range(8):
    for start in range(0, 512, 32):
        loss = nn.functional.cross_entropy(model(x[start : start + 32]).detach(), y[start : start + 32])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
with torch.no_grad():
    accuracy = (model(x[512:]).argmax(1) == y[512:]).float().mean()
print(f"accuracy {accuracy:.3f}")
"""
    good: ClassVar[str] = """
import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(640, 8)
y = (x[:, 0] + x[:, 1] > 0).long()
model = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 2))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for epoch in range(8):
    for start in range(0, 512, 32):
        loss = nn.functional.cross_entropy(model(x[start : start + 32]), y[start : start + 32])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
with torch.no_grad():
    accuracy = (model(x[512:]).argmax(1) == y[512:]).float().mean()
print(f"accuracy {accuracy:.3f}")
"""

    def detect(self, record: Record) -> Iterator[Finding]:
        """Yield at most one finding."""
        failed = failed_by(record, Kind.NO_GRADIENT)
        if failed is None:
            return
        related, places = failed.related, failed.places
        if related.get("frozen"):
            what, where = "no parameter of the model requires a gradient", failed.where
            fix = "set `requires_grad` for the parameters that are to be trained"
        elif related.get("grad_mode") is False:
            what, where = "the model was called with gradients off", places.get("call")
            fix = "call the model outside of `torch.no_grad()` and `torch.inference_mode()`"
        elif related.get("off_inside"):
            what, where = (
                "the model was called with gradients on, and its forward pass switches them off",
                places.get("off inside"),
            )
            fix = "take `no_grad` (or `detach`) out of the forward pass"
        elif related.get("loss_had_gradient") and related.get("loss_is_another"):
            what, where = (
                "the loss was made into another tensor after it was computed",
                places.get("cut", places.get("loss function")),
            )
            fix = "call `backward()` on the loss itself"
        else:
            by = related.get("cut")
            what = f"`{by}` cut the loss off from the model" if by else "the loss was cut off from the model"
            where, fix = (
                places.get("cut", places.get("loss function")),
                "leave out what cuts the graph: detach, argmax, item, numpy",
            )
        yield self.finding(
            f"{what}, so there is no gradient to follow",
            Measurement(name="gradients on when the model was called", value=related.get("grad_mode")),
            Measurement(name="operation that cut the graph", value=related.get("cut")),
            Measurement(name="all parameters frozen", value=bool(related.get("frozen"))),
            fix=fix,
            where=where or failed.where,
        )
