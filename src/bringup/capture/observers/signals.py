"""What flows through a network: sizes from layer to layer in its first call, and units that are dead or saturated."""

from collections import deque
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import nn

from bringup.capture.events import Backward, ModelCall, Operation, Root, Site
from bringup.capture.observer import Observer
from bringup.capture.torch.graph import ACTIVATIONS, children, name_of, place_of, saved, shape_of, through_views
from bringup.capture.torch.kinds import library_of, parts_of
from bringup.findings import Where
from bringup.models.layers import facts as layer_facts
from bringup.models.layers import is_leaf
from bringup.record import LayerFacts, SignalFacts, UnitFacts

WEIGHTED = frozenset(
    {"linear", "conv1d", "conv2d", "conv3d", "conv_transpose1d", "conv_transpose2d", "conv_transpose3d"}
    | {"matmul", "__matmul__", "mm", "addmm", "bmm"}
)
NORMS = frozenset({"batch_norm", "layer_norm", "group_norm", "instance_norm", "rms_norm"})
PRODUCTS = (
    "AddmmBackward0",
    "MmBackward0",
    "ConvolutionBackward0",
    "LinearBackward0",
    "AddBackward0",
    "NativeBatchNormBackward0",
)
MOST_LAYERS = 400
MOST_UNITS = 200
KEPT = 8  # looks at the units
EDGE = 0.97


@dataclass(slots=True)
class Units:
    """One activation function."""

    kind: str
    where: Where | None
    layer: str
    units: int = 0
    looks: int = 0
    masks: deque[tuple[int, torch.Tensor]] = field(default_factory=lambda: deque(maxlen=KEPT))
    saturated: deque[float] = field(default_factory=lambda: deque(maxlen=KEPT))


class Signals(Observer):
    """Fills `layers`, `signals` and `units`."""

    close_only = frozenset({"on_call", "on_backward"})

    def __init__(self, session: Any) -> None:
        super().__init__(session)
        self.names: dict[int, str] = {}
        self.layers: list[LayerFacts] = []
        self.hooked: set[int] = set()
        self.handles: list[Any] = []
        self.open: Site | None = None
        self.signals: dict[int, list[SignalFacts]] = {}
        self.sites: dict[int, Site] = {}
        self.normed = False
        self.units: dict[tuple[str, int], Units] = {}

    def on_root(self, root: Root, module: nn.Module) -> None:
        """Know weights by name."""
        del root
        library = library_of(module)
        for prefix, part in library.parts(module):
            for name, parameter in library.parameters(part):
                if len(self.names) < 10_000:
                    self.names.setdefault(id(parameter), f"{prefix}.{name}" if prefix else name)

    def before_call(self, site: Site, module: nn.Module, args: Any, kwargs: Any, detail: bool) -> None:
        """See the layers of the first call of a model with gradients."""
        del args, kwargs, detail
        self.remove()
        self.open = None
        if not site.grad or site.root.compiled or site.root.number in self.sites:
            return
        self.open = self.sites[site.root.number] = site
        self.signals[site.root.number] = []
        self.normed = False
        if len(self.layers) < MOST_LAYERS and not isinstance(module, torch.jit.ScriptModule):
            for name, part in parts_of(module):
                if is_leaf(part):
                    self.handles.append(part.register_forward_hook(self.noting(name or type(part).__name__)))

    def noting(self, name: str) -> Any:
        """A hook that notes a layer's sizes."""

        def hook(layer: nn.Module, args: tuple[Any, ...], output: Any) -> None:
            if len(self.layers) < MOST_LAYERS:
                where = self.session.person.where(self.session.creations.place(layer))
                noted = layer_facts(name, layer, args[0] if args else None, output)
                self.layers.append(noted.model_copy(update={"where": where}))

        return hook

    def remove(self) -> None:
        """Take the hooks away."""
        for handle in self.handles:
            handle.remove()
        self.handles = []

    def on_operation(self, operation: Operation) -> None:
        """Note how large values are before and after an operation with weights."""
        if self.open is None or not operation.inside_model:
            return
        found = self.signals[self.open.root.number]
        if operation.name in NORMS:
            self.normed = True
            if found:
                found[-1] = found[-1].model_copy(update={"normalised": True})
        elif operation.name in WEIGHTED and len(found) < MOST_LAYERS:
            self.note(operation, found)

    def note(self, operation: Operation, found: list[SignalFacts]) -> None:
        """Note one operation."""
        tensors = [value for value in operation.args if isinstance(value, torch.Tensor)]
        names = [self.names.get(id(tensor), "") for tensor in tensors]
        weight = next((name for name, tensor in zip(names, tensors, strict=True) if name and tensor.dim() > 1), "")
        if not weight or not isinstance(operation.result, torch.Tensor):
            return
        given = next((t for t, name in zip(tensors, names, strict=True) if not name), None)
        found.append(
            SignalFacts(
                model_number=self.open.root.number if self.open else 0,
                weight=weight,
                function=operation.name.strip("_"),
                where=self.session.person.where(operation.place),
                given=size(given),
                gave=size(operation.result),
                normalised=self.normed,
            )
        )
        self.normed = False

    def on_call(self, call: ModelCall) -> None:
        """The call is over."""
        del call
        self.open = None
        self.remove()

    def on_failure(self, error: BaseException) -> None:
        """The call never ended."""
        del error
        self.remove()

    def on_backward(self, event: Backward) -> None:
        """Look at the units of activation functions, which the graph has saved."""
        if event.graph is None or not event.detail:
            return
        counts: dict[str, int] = {}
        for node in event.graph.nodes:
            kind = ACTIVATIONS.get(name_of(node), "")
            if kind not in ("relu", "sigmoid", "tanh"):
                continue
            counts[kind] = counts.get(kind, -1) + 1
            key = (kind, counts[kind])
            if key not in self.units and len(self.units) >= MOST_UNITS:
                return
            result = saved(node, "result")
            if isinstance(result, torch.Tensor) and result.dim() > 1 and bool(torch.isfinite(result).all()):
                self.look(key, node, result.detach())

    def look(self, key: tuple[str, int], node: Any, result: torch.Tensor) -> None:
        """Note which units are alive, or how much is saturated."""
        seen = self.units.get(key)
        if seen is None:
            where = self.session.person.where(place_of(node))
            seen = self.units[key] = Units(key[0], where, self.layer(node))
        seen.looks += 1
        if key[0] == "relu":
            axis = 1 if result.dim() == 2 or follows_convolution(node) else result.dim() - 1
            alive = result.amax([other for other in range(result.dim()) if other != axis]) > 0
            if seen.masks and seen.masks[-1][1].shape != alive.shape:
                seen.masks.clear()
            seen.units = len(alive)
            seen.masks.append((result.numel() // max(1, len(alive)), alive))
        else:
            seen.units = result.shape[-1]
            low = 1 - EDGE if key[0] == "sigmoid" else -EDGE
            seen.saturated.append(float(((result > EDGE) | (result < low)).float().mean()))

    def layer(self, node: Any) -> str:
        """The weight that an activation follows."""
        return weight_below(node, self.names)

    def facts(self) -> dict[str, Any]:
        """The three sections."""
        trained = [entry for number, found in self.signals.items() if self.sites[number].trained for entry in found]
        sections = {"layers": tuple(self.layers), "signals": tuple(trained)}
        sections["units"] = tuple(frozen(units) for units in self.units.values())
        return {name: value for name, value in sections.items() if value}


def size(tensor: torch.Tensor | None) -> float:
    """The root mean square."""
    if tensor is None or not tensor.numel():
        return 0.0
    return float(tensor.detach().float().pow(2).mean().sqrt())


def follows_convolution(node: Any) -> bool:
    """Whether channels are on axis 1: images, and signals after a convolution."""
    if len(shape_of(node)) != 3:
        return True
    below = [name_of(child) for child in children(node)]
    return any(name.startswith(("Convolution", "NativeBatchNorm", "MkldnnConvolution")) for name in below)


def weight_below(node: Any, names: dict[int, str]) -> str:
    """The name of the weight of the product right below a node, normalisations looked through."""
    current = next(iter(children(node)), None)
    for _ in range(4):
        current = through_views(current)
        if current is None or not name_of(current).startswith(tuple(name.removesuffix("0") for name in PRODUCTS)):
            return ""
        for child in children(current):
            leaf = child if name_of(child) == "AccumulateGrad" else next(iter(children(child)), child)
            variable = getattr(leaf, "variable", None)
            if variable is not None and variable.dim() > 1:
                return names.get(id(variable), f"weight {id(variable)}")
        current = next(iter(children(current)), None)
    return ""


def frozen(units: Units) -> UnitFacts:
    """As the record holds it."""
    rows = sum(count for count, _ in units.masks)
    alive = torch.stack([mask for _, mask in units.masks]).any(0) if units.masks else None
    return UnitFacts(
        kind=units.kind,
        where=units.where,
        layer=units.layer,
        units=units.units,
        dead=float((~alive).float().mean()) if alive is not None else 0.0,
        saturated=sum(units.saturated) / len(units.saturated) if units.saturated else 0.0,
        looks=units.looks,
        rows=rows,
    )
