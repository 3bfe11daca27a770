"""CRS311 state-dict-does-not-fit."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from bringup.checks.check import Check
from bringup.checks.crash.kinds import Kind, failed_by
from bringup.findings import Family, Finding, Measurement, Severity
from bringup.record import Record


@dataclass(frozen=True, kw_only=True)
class StateDictDoesNotFit(Check):
    """Saved weights do not fit the model that they are loaded into.

    ## What it detects
    A `load_state_dict` that raises: names that are missing or unexpected, weights of another size.

    ## Why it is bad
    The program ends here; nothing was learned.

    ## How it is detected
    The names and sizes that torch compared are read from the frames of the exception; a prefix that all names share is
    recognised.

    ## How to fix it
    Build the model with the settings that it was saved with. Take away a prefix (`module.`, `_orig_mod.`, `model.`)
    that a wrapper has put before all names. For another head, load the rest with `strict=False` after taking the head
    out.

    ## How it is confirmed
    Run the program again after the change: the exception is gone, or another one tells what comes next.
    """

    code: ClassVar[str] = "CRS311"
    name: ClassVar[str] = "state-dict-does-not-fit"
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
        loss = nn.functional.cross_entropy(model(x[start : start + 32]), y[start : start + 32])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
restored = nn.Sequential(nn.Linear(8, 48), nn.ReLU(), nn.Linear(48, 2))
restored.load_state_dict(model.state_dict())
with torch.no_grad():
    accuracy = (restored(x[512:]).argmax(1) == y[512:]).float().mean()
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
restored = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 2))
restored.load_state_dict(model.state_dict())
with torch.no_grad():
    accuracy = (restored(x[512:]).argmax(1) == y[512:]).float().mean()
print(f"accuracy {accuracy:.3f}")
"""

    def detect(self, record: Record) -> Iterator[Finding]:
        """Yield at most one finding."""
        failed = failed_by(record, Kind.STATE_DICT)
        if failed is None:
            return
        missing, unexpected = failed.related.get("missing_keys", []), failed.related.get("unexpected_keys", [])
        sizes = [error for error in failed.related.get("error_msgs", []) if "size mismatch" in error]
        prefix = shared_prefix(missing, unexpected)
        detail = "; ".join(line.strip() for line in failed.message.splitlines()[1:4]) or failed.message
        if prefix:
            fix = f"take the prefix `{prefix}` away from the names"
        elif sizes and not missing:
            fix = "build the model with the sizes that it was saved with"
        else:
            fix = "build the model with the layers that it was saved with, or load with `strict=False` on purpose"
        yield self.finding(
            f"the saved weights do not fit: {detail}",
            Measurement(name="names that are missing", value=len(missing), limit=0),
            Measurement(name="names that are unexpected", value=len(unexpected), limit=0),
            Measurement(name="weights of another size", value=len(sizes), limit=0),
            fix=fix,
            where=failed.where,
        )


def shared_prefix(missing: list[str], unexpected: list[str]) -> str:
    """What stands before every unexpected name, so that the rest is a missing one; or the other way round."""
    for longer, shorter in ((unexpected, missing), (missing, unexpected)):
        if longer and shorter and longer[0].endswith(shorter[0]):
            prefix = longer[0][: len(longer[0]) - len(shorter[0])]
            if prefix and all(name.startswith(prefix) for name in longer):
                return prefix
    return ""
