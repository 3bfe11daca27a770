"""MEM302 out-of-memory."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from bringup.checks.check import Check
from bringup.checks.crash.kinds import Kind, failed_by
from bringup.findings import Family, Finding, Measurement, Severity
from bringup.record import Record

LADDER = (
    "halve {rows} and accumulate gradients over two parts, then bfloat16 (`torch.autocast`), "
    "then recompute activations (`torch.utils.checkpoint`), then smaller inputs"
)
ASKED = re.compile(r"(?:tried to allocate|Unable to allocate|allocate) ([\d.]+) ?(bytes|[KMGT]i?B)", re.IGNORECASE)
UNITS = {"b": 1, "k": 2**10, "m": 2**20, "g": 2**30, "t": 2**40}


@dataclass(frozen=True, kw_only=True)
class OutOfMemory(Check):
    """Memory ran out.

    ## What it detects
    An allocation that failed, on the CPU or on a GPU.

    ## Why it is bad
    The program ends here. What fits is decided by the largest moment of a step: weights, their gradients, the
    optimizer's state, and the outputs of every layer, which are kept for the backward pass.

    ## How it is detected
    The exception tells how much was asked for; the layers that were seen tell who needs most: outputs grow with the
    batch, weights do not.

    ## How to fix it
    Scale back one thing at a time: the batch, with gradients accumulated over parts so that the effective batch stays;
    bfloat16 (`torch.autocast`); recomputed activations (`torch.utils.checkpoint`); the size of the input. A single huge
    request is a fault of shapes more often than of memory.

    ## How it is confirmed
    Run the program again after the change: the exception is gone, or another one tells what comes next.
    """

    code: ClassVar[str] = "MEM302"
    name: ClassVar[str] = "out-of-memory"
    family: ClassVar[Family] = Family.MEMORY
    severity: ClassVar[Severity] = Severity.ERROR
    bad: ClassVar[str] = """
import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(640, 8)
y = (x[:, 0] + x[:, 1] > 0).long()


class Pairs(nn.Module):
    def __init__(self):
        super().__init__()
        self.encode, self.head = nn.Linear(8, 32), nn.Linear(32, 2)

    def forward(self, x):
        h = torch.relu(self.encode(x))
        return self.head(h.repeat_interleave(10**13, dim=0))


model = Pairs()
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


class Pairs(nn.Module):
    def __init__(self):
        super().__init__()
        self.encode, self.head = nn.Linear(8, 32), nn.Linear(32, 2)

    def forward(self, x):
        h = torch.relu(self.encode(x))
        return self.head(h)


model = Pairs()
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

    layers: int = 3  # that need most, named
    mistake_bytes: int = 2**40  # more than this at once is no lack of memory but a wrong shape

    def detect(self, record: Record) -> Iterator[Finding]:
        """Yield at most one finding."""
        failed = failed_by(record, Kind.MEMORY)
        if failed is None:
            return
        asked = asked_bytes(failed.message)
        largest = sorted(record.layers or failed.layers, key=lambda layer: -layer.bytes)[: self.layers]
        mistake = asked is not None and asked > self.mistake_bytes
        told = f"{asked / 2**30:.3g} GiB were asked for" if asked is not None else failed.message.splitlines()[0]
        needs = "; ".join(f"`{layer.name}` {layer.bytes / 2**20:.3g} MiB" for layer in largest)
        rows = f"a batch of {failed.rows}" if failed.rows else "the batch"
        yield self.finding(
            f"memory ran out: {told}" + (f"; the layers that need most: {needs}" if needs else ""),
            Measurement(name="memory asked for", value=asked, unit="byte", limit=self.mistake_bytes),
            *[Measurement(name=f"memory of `{layer.name}`", value=layer.bytes, unit="byte") for layer in largest],
            fix="look at the shapes in this line: no machine has that much memory, so a size is wrong"
            if mistake
            else f"scale back, one thing at a time: {LADDER.format(rows=rows)}",
            where=failed.where,
        )


def asked_bytes(message: str) -> float | None:
    """How much the allocation that failed asked for."""
    found = ASKED.search(message)
    return float(found.group(1)) * UNITS[found.group(2)[0].lower()] if found else None
