"""CRS303 dtype-mismatch."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from bringup.checks.check import Check
from bringup.checks.crash.kinds import Kind, failed_by
from bringup.findings import Family, Finding, Measurement, Severity
from bringup.record import FailureFacts, Record


@dataclass(frozen=True, kw_only=True)
class DtypeMismatch(Check):
    """Two tensors of different types meet.

    ## What it detects
    An operation that refuses its operands because of their types: double against float, whole numbers where a layer
    computes, fractions where classes are counted.

    ## Why it is bad
    The program ends here; nothing was learned.

    ## How it is detected
    The message of torch, and the types of what went into the layer, the loss or the person's line.

    ## How to fix it
    Convert once where the data become tensors: `.float()` for inputs and for targets of a regression or a binary loss,
    `.long()` for classes and indices. NumPy arrays are double unless told otherwise.

    ## How it is confirmed
    Probe `fitting-types`: the script is run again with values converted to the type that is asked for: it goes on
    past the exception.
    """

    code: ClassVar[str] = "CRS303"
    name: ClassVar[str] = "dtype-mismatch"
    family: ClassVar[Family] = Family.CRASH
    severity: ClassVar[Severity] = Severity.ERROR
    confirm_with: ClassVar[str | None] = "fitting-types"
    bad: ClassVar[str] = """
import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(640, 8, dtype=torch.float64)
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
        failed = failed_by(record, Kind.DTYPE)
        if failed is None:
            return
        given = [(entry.name, entry.tensor.dtype) for entry in failed.operands]
        if failed.layer is not None and not any(name == "input" for name, _ in given):
            given.insert(0, (f"input of {failed.layer.facts.name}", failed.layer.facts.dtype))
        types = ", ".join(f"`{name}` is {dtype}" for name, dtype in given[:4])
        yield self.finding(
            f"{failed.message.splitlines()[0]}" + (f" ({types})" if types else ""),
            *[Measurement(name=f"type of `{name}`", value=dtype) for name, dtype in given[:4]],
            Measurement(name="exception", value=failed.type),
            fix=advice(failed, dict(given)),
            where=failed.where,
        )


def advice(failed: FailureFacts, types: dict[str, str]) -> str:
    """Which conversion makes the two agree."""
    if failed.during == "loss":
        if failed.operation in ("cross_entropy", "nll_loss"):
            return "convert the classes with `.long()`"
        return "convert the target to the type of the prediction: `target.float()`"
    if failed.operation in ("embedding", "one_hot") or "indices" in failed.message:
        return "convert the indices with `.long()`"
    if "numpy" in failed.message or "ndarray" in failed.message:
        return "convert the array first: `array.astype(numpy.float32)`; one of object type holds text or gaps"
    if failed.layer is not None and "float64" in types.values():
        return "convert the data to float32 where they become tensors: `.float()`"
    if failed.layer is not None:
        return "convert the input to the type of the weights: `.float()`"
    return "convert one of the two, best where the tensor is made: `.float()` for numbers, `.long()` for classes and indices"
