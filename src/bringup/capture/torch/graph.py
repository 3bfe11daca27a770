"""Reading the autograd graph of a loss: what was computed, from what, and over which axis, at no cost per operation.

Saved tensors can be read before the backward pass only. A node tells the shape of its forward output (`_input_metadata`), also
where it saves nothing; inputs that need no gradient leave no child.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import torch

from bringup.capture.events import Token
from bringup.capture.source.person import Place

MOST_NODES = 20_000
TOKEN, BEGINNING, LOSS = "bringup-call", "bringup-beginning", "bringup-loss"
PLACE, ERROR = "bringup-place", "bringup-error"

VIEWS = frozenset(
    {
        "ViewBackward0", "UnsafeViewBackward0", "ReshapeAliasBackward0", "SqueezeBackward0",
        "SqueezeBackward1", "SqueezeBackward2", "UnsqueezeBackward0", "TransposeBackward0", "TBackward0",
        "PermuteBackward0", "SelectBackward0", "SliceBackward0", "AliasBackward0", "CloneBackward0",
        "ExpandBackward0", "IndexBackward0", "ToCopyBackward0", "SplitBackward0", "UnbindBackward0",
    }
)  # fmt: skip
REDUCTIONS = frozenset({"MeanBackward0", "MeanBackward1", "SumBackward0", "SumBackward1"})
ACTIVATIONS = {
    "SoftmaxBackward0": "softmax", "SafeSoftmaxBackward0": "softmax", "LogSoftmaxBackward0": "log_softmax",
    "SigmoidBackward0": "sigmoid", "LogSigmoidBackward0": "log_sigmoid", "TanhBackward0": "tanh", "ReluBackward0":
    "relu", "LeakyReluBackward0": "leaky_relu", "EluBackward0": "elu", "GeluBackward0": "gelu", "SiluBackward0":
    "silu", "SoftplusBackward0": "softplus", "HardtanhBackward0": "hardtanh", "HardsigmoidBackward0":
    "hardsigmoid", "ClampBackward1": "clamp", "ClampMinBackward0": "clamp", "MishBackward0": "mish",
    "HardswishBackward0": "hardswish", "PreluKernelBackward0": "prelu", "ExpBackward0": "exp", "LogBackward0":
    "log",
}  # fmt: skip
WEIGHTED = frozenset(
    {"AddmmBackward0", "MmBackward0", "BmmBackward0", "ConvolutionBackward0", "BaddbmmBackward0", "LinearBackward0"}
)


def name_of(node: Any) -> str:
    """The name of a node, "AddmmBackward0"; functions written by the person have none of torch's suffixes."""
    name = type(node).__name__  # the same at half the cost, where torch has a type for it
    return name if name != "CppFunction" else str(node.name()).rsplit("::", 1)[-1]


def children(node: Any) -> list[Any]:
    """The nodes whose results went in, those without a gradient left out."""
    return [child for child, _ in node.next_functions if child is not None]


def shape_of(node: Any) -> tuple[int, ...]:
    """The shape of what the node computed in the forward pass; () where it is not known."""
    metadata = getattr(node, "_input_metadata", None)
    return tuple(int(size) for size in metadata[0].shape) if metadata else ()


def dtype_of(node: Any) -> str:
    """The dtype of what the node computed."""
    metadata = getattr(node, "_input_metadata", None)
    return str(metadata[0].dtype).removeprefix("torch.") if metadata else ""


def saved(node: Any, name: str) -> Any:
    """A value that the node saved, `saved(node, "result")`, None where it has none or it is freed; axes are signed numbers."""
    try:
        value = getattr(node, f"_saved_{name}")
    except (AttributeError, RuntimeError):
        return None
    return value - (1 << 64) if isinstance(value, int) and not isinstance(value, bool) and value >= 1 << 63 else value


def axis_of(node: Any) -> int | None:
    """The axis over which a node works, counted from the first; None where it has none."""
    axis, shape = saved(node, "dim"), shape_of(node)
    return None if not isinstance(axis, int) or not shape else axis % len(shape)


def through_views(node: Any) -> Any:
    """The first node, downwards, that does more than to look at the same values in another shape."""
    while node is not None and name_of(node) in VIEWS:
        below = children(node)
        node = below[0] if len(below) == 1 else None
    return node


def activation_above(tensor: torch.Tensor) -> Any:
    """The node of the activation function that made a tensor, views looked through; None where it ends in something else."""
    node = through_views(tensor.grad_fn) if tensor.grad_fn is not None else None
    return node if node is not None and name_of(node) in ACTIVATIONS else None


def write(node: Any, key: str, value: Any) -> None:
    """Hang a value on a node; the first one stays."""
    node.metadata.setdefault(key, value)


def place_of(node: Any) -> Place | None:
    """The line that made a node, where the lens or a loss function has noted it."""
    metadata = node.metadata
    found: Place | None = metadata.get(LOSS) or metadata.get(PLACE)
    return found


@dataclass
class Graph:
    """What lies below a loss.

    Attributes:
        nodes: Every node once, the root first, breadth first.
        leaves: The tensors in which gradients end.
        complete: False where there are more than `MOST_NODES` nodes.
    """

    root: Any
    nodes: list[Any] = field(default_factory=list)
    leaves: list[torch.Tensor] = field(default_factory=list)
    complete: bool = True

    def named(self, *names: str) -> Iterator[Any]:
        """The nodes of these names."""
        wanted = frozenset(names)
        return (node for node in self.nodes if name_of(node) in wanted)

    @property
    def tokens(self) -> list[Token]:
        """The calls of models that the loss depends on."""
        found = [node.metadata.get(TOKEN) for node in self.nodes]
        return [token for token in found if token is not None]

    def head(self) -> list[Any]:
        """The nodes between the loss and the outputs of models: the loss as the person has written it, outputs left out."""
        found, seen, waiting = [], {self.root}, [self.root]
        for node in waiting:
            if TOKEN in node.metadata:
                continue
            found.append(node)
            for child in children(node):
                if child not in seen:
                    seen.add(child)
                    waiting.append(child)
        return found


def read_graph(root: Any) -> Graph:
    """Walk the graph below a node."""
    graph = Graph(root, [root])
    seen = {root}
    for node in graph.nodes:
        for child in children(node):
            if child in seen:
                continue
            seen.add(child)
            if name_of(child) == "AccumulateGrad":
                graph.leaves.append(child.variable)
            elif len(graph.nodes) < MOST_NODES:
                graph.nodes.append(child)
            else:
                graph.complete = False
    return graph
