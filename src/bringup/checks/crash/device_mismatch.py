"""CRS304 device-mismatch."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from bringup.checks.check import Check
from bringup.checks.crash.kinds import Kind, failed_by
from bringup.findings import Family, Finding, Measurement, Severity
from bringup.record import Record


@dataclass(frozen=True, kw_only=True)
class DeviceMismatch(Check):
    """Tensors of two devices meet, or a device is not there.

    ## What it detects
    A model and its input on different devices, a tensor that was made on the CPU inside of a model on a GPU, a GPU that
    this machine does not have.

    ## Why it is bad
    The program ends here; nothing was learned.

    ## How it is detected
    The message of torch, and the devices of what went in.

    ## How to fix it
    Move the model before the optimizer is built, each batch in the loop, and make new tensors where the others are:
    `device=x.device`. Choose the device by `torch.cuda.is_available()`.

    ## How it is confirmed
    Run the program again after the change: the exception is gone, or another one tells what comes next.
    """

    code: ClassVar[str] = "CRS304"
    name: ClassVar[str] = "device-mismatch"
    family: ClassVar[Family] = Family.CRASH
    severity: ClassVar[Severity] = Severity.ERROR
    bad: ClassVar[str] = """
import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(640, 8)
y = (x[:, 0] + x[:, 1] > 0).long()
model = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 2)).to("meta")
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
device = "cuda" if torch.cuda.is_available() else "cpu"
model, x, y = model.to(device), x.to(device), y.to(device)
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
        failed = failed_by(record, Kind.DEVICE)
        if failed is None:
            return
        given = {entry.name: entry.tensor.device for entry in failed.operands}
        places = ", ".join(f"`{name}` is on {device}" for name, device in given.items())
        missing = any(sign in failed.message for sign in ("not compiled", "No CUDA", "driver", "is False", "not linked"))
        to_array = "to numpy" in failed.message
        yield self.finding(
            f"{failed.message.splitlines()[0]}" + (f" ({places})" if places else ""),
            *[Measurement(name=f"device of `{name}`", value=device) for name, device in given.items()],
            Measurement(name="exception", value=failed.type),
            fix="choose the device by what is there: `torch.cuda.is_available()`, and `map_location` when loading"
            if missing
            else "move the tensor to the CPU first: `.cpu()`"
            if to_array
            else "move the model and every batch to the same device",
            where=failed.where,
        )
