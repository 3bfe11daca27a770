"""CRS399 other-exception."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from bringup.checks.check import Check
from bringup.checks.crash.kinds import Kind, failed_by
from bringup.findings import Family, Finding, Measurement, Severity
from bringup.record import FailureFacts, Record

LIBRARIES = ("torch", "numpy", "sklearn", "lightning", "pytorch_lightning", "keras", "skorch", "transformers")
QUOTED = re.compile(r"""'[^']*'|"[^"]*"|`[^`]*`""")
PATH = re.compile(r"(?:[A-Za-z]:)?(?:[\\/][\w.+-]+){2,}[\\/]?|\b\w+\.(?:py|csv|pt|pth|npz|json|txt)\b")
NUMBER = re.compile(r"\b0x[0-9a-f]+\b|[-+]?\b\d+(?:\.\d+)?(?:e[-+]?\d+)?\b", re.IGNORECASE)
MOST_WORDS = 16


@dataclass(frozen=True, kw_only=True)
class OtherException(Check):
    """The program ended by an exception.

    ## What it detects
    Any exception that no other check explains.

    ## Why it is bad
    What comes after it was not run. Where it came before or in the midst of the training, there is no result.

    ## How it is detected
    The exception, its innermost line of the program, and what was under way are noted. Numbers, paths and names are
    taken out of the message, so that the rest is what others have met as well.

    ## How to fix it
    Look the query up in the documentation and the issues of the library that raised it.

    ## How it is confirmed
    Run the program again after the change: the exception is gone, or another one tells what comes next.
    """

    code: ClassVar[str] = "CRS399"
    name: ClassVar[str] = "other-exception"
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
with torch.no_grad():
    accuracy = (model(x[512:]).argmax(1) == y[512:]).float().mean()
print(f"accuracy {round(accuracy.items(), 3)}")
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
print(f"accuracy {round(accuracy.item(), 3)}")
"""

    def detect(self, record: Record) -> Iterator[Finding]:
        """Yield at most one finding."""
        failed = failed_by(record, Kind.OTHER)
        if failed is None:
            return
        words = query(failed)
        trained = record.program is not None and record.program.steps > 0
        yield self.finding(
            f"{failed.type}: {(failed.message.strip().splitlines() or [''])[0][:300]}",
            Measurement(name="exception", value=failed.type),
            Measurement(name="query to search for", value=words),
            Measurement(name="steps that were made before", value=record.program.steps if record.program else 0),
            fix=f"search for: {words}",
            where=failed.where,
            confidence=0.9 if failed.library in LIBRARIES else 0.6 if trained else 0.4,
        )


def query(failed: FailureFacts) -> str:
    """What to search for: the exception without what is particular to this program, the library and its version."""
    message = (failed.message.strip().splitlines() or [""])[0]
    for particular in (QUOTED, PATH, NUMBER):
        message = particular.sub(" ", message)
    words = [word.strip(".,:;()[]{}<>=") for word in message.split()]
    version = ".".join(failed.version.split("+")[0].split(".")[:2])
    library = f"{failed.library} {version}".strip() if failed.library not in ("program", "python") else "python"
    return " ".join([library, failed.type, *[word for word in words if word][:MOST_WORDS]])
