"""CRS301 shape-mismatch-in-layer."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from bringup.checks.check import Check
from bringup.checks.crash.kinds import Kind, failed_by
from bringup.findings import Family, Finding, Measurement, Severity, Where
from bringup.record import FailedLayerFacts, Record


@dataclass(frozen=True, kw_only=True)
class ShapeMismatchInLayer(Check):
    """A layer was built for another size than it is given.

    ## What it detects
    An exception that came out of a layer of torch because the size of its input is not the one that it was built for.

    ## Why it is bad
    The program ends here; nothing was learned. The message of torch names the matrices, not the layer, and not the line
    to change.

    ## How it is detected
    The frames of the exception give the layer, its input, and the line that built it; a copy of the model is run once
    more, layer by layer, for the sizes on the way. Whether the number, the order of the axes or a missing flattening is
    wrong is seen from where the expected size is found in the input.

    ## How to fix it
    Build the layer with the size that it is given. Where the expected size is another axis of the input, move that
    axis; where it is the product of several, flatten first.

    ## How it is confirmed
    Probe `fitting-layer`: the script is run again with layers built for the size that they are given: it goes on
    past the exception.
    """

    code: ClassVar[str] = "CRS301"
    name: ClassVar[str] = "shape-mismatch-in-layer"
    family: ClassVar[Family] = Family.CRASH
    severity: ClassVar[Severity] = Severity.ERROR
    confirm_with: ClassVar[str | None] = "fitting-layer"
    bad: ClassVar[str] = """
import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 4, 3, padding=1)
        self.head = nn.Linear(4 * 8 * 8, 2)

    def forward(self, x):
        x = nn.functional.max_pool2d(torch.relu(self.conv(x)), 2)
        return self.head(x.flatten(1))


torch.manual_seed(0)
x = torch.randn(384, 1, 8, 8)
y = (x[:, 0, :4].mean((1, 2)) > x[:, 0, 4:].mean((1, 2))).long()
model = Net()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for epoch in range(8):
    for start in range(0, 256, 32):
        loss = nn.functional.cross_entropy(model(x[start : start + 32]), y[start : start + 32])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
with torch.no_grad():
    accuracy = (model(x[256:]).argmax(1) == y[256:]).float().mean()
print(f"accuracy {accuracy:.3f}")
"""
    good: ClassVar[str] = """
import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 4, 3, padding=1)
        self.head = nn.Linear(4 * 4 * 4, 2)

    def forward(self, x):
        x = nn.functional.max_pool2d(torch.relu(self.conv(x)), 2)
        return self.head(x.flatten(1))


torch.manual_seed(0)
x = torch.randn(384, 1, 8, 8)
y = (x[:, 0, :4].mean((1, 2)) > x[:, 0, 4:].mean((1, 2))).long()
model = Net()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for epoch in range(8):
    for start in range(0, 256, 32):
        loss = nn.functional.cross_entropy(model(x[start : start + 32]), y[start : start + 32])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
with torch.no_grad():
    accuracy = (model(x[256:]).argmax(1) == y[256:]).float().mean()
print(f"accuracy {accuracy:.3f}")
"""

    def detect(self, record: Record) -> Iterator[Finding]:
        """Yield at most one finding."""
        failed = failed_by(record, Kind.LAYER_SHAPE)
        if failed is None or failed.layer is None:
            return
        layer = failed.layer
        given = size_given(layer)
        title, where = advice(layer, given, failed.where)
        setting = next((name for name, value in layer.settings.items() if value == layer.takes), "size")
        told = f"layer `{layer.facts.name}` ({layer.facts.kind}) was built with {setting}={layer.takes} and is given"
        what = f"{told} {given}" if layer.takes is not None and given != layer.takes else failed.message.splitlines()[0]
        came = f", after `{layer.before.name}` gave {list(layer.before.output_shape)}" if layer.before is not None else ""
        yield self.finding(
            f"{what} (input {list(layer.facts.input_shape)}{came})",
            Measurement(name="size expected", value=layer.takes),
            Measurement(name="size given", value=given, limit=layer.takes),
            Measurement(name="layers that ran before", value=max(0, len(failed.layers) - 1)),
            fix=title,
            where=where,
        )


def size_given(layer: FailedLayerFacts) -> int | None:
    """The size of the input on the axis that the layer works on."""
    shape, axis = layer.facts.input_shape, layer.axis
    if axis is None or not -len(shape) <= axis < len(shape):
        return None
    return shape[axis]


def advice(layer: FailedLayerFacts, given: int | None, called: Where | None) -> tuple[str, Where | None]:
    """What to change, and where."""
    shape, takes, built = layer.facts.input_shape, layer.takes, layer.facts.where or called
    if takes is None or given == takes:
        return f"make the input {list(shape)} fit what `{layer.facts.name}` ({layer.facts.kind}) takes", called or built
    conv = layer.facts.kind.startswith("Conv")
    if layer.facts.kind == "Linear" and len(shape) > 2 and math.prod(shape[1:]) == takes:
        return "flatten the input first: `x.flatten(1)`", called
    if conv and takes == 1 and layer.axis is not None and len(shape) == -layer.axis:
        return "add the channel axis: `x.unsqueeze(1)`", called
    others = [axis for axis, size in enumerate(shape) if axis > 0 and size == takes]
    if others and given is not None and len(shape) > 2:
        return f"move axis {others[-1]} of the input, which has size {takes}, to where the layer looks: `x.movedim`", called
    if given is None:
        return f"give `{layer.facts.name}` an input with more axes than {list(shape)}", called
    setting = next((name for name, value in layer.settings.items() if value == takes), "its size")
    return f"build `{layer.facts.name}` with {setting}={given} instead of {takes}", built
