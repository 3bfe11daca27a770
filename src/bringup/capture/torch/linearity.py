"""Whether everything between the input and the output of a model is linear, so that its layers amount to one."""

from dataclasses import dataclass
from typing import Any

import torch

from bringup.capture.source.person import Place
from bringup.capture.torch.graph import TOKEN, VIEWS, Graph, children, name_of, place_of, saved, shape_of
from bringup.capture.torch.patterns import is_weight

LINEAR = VIEWS | {
    "AddBackward0", "SubBackward0", "NegBackward0", "RsubBackward1", "MeanBackward0", "MeanBackward1", "SumBackward0",
    "SumBackward1", "CatBackward0", "StackBackward0", "AvgPool1DBackward0", "AvgPool2DBackward0", "AvgPool3DBackward0",
    "AdaptiveAvgPool1DBackward0", "AdaptiveAvgPool2DBackward0", "AdaptiveAvgPool3DBackward0",
    "MkldnnAdaptiveAvgPool2DBackward0",
    "NativeDropoutBackward0", "NativeBatchNormBackward0", "CudnnBatchNormBackward0", "EmbeddingBackward0",
    "EmbeddingBagBackward0",
    "ConstantPadNdBackward0", "AccumulateGrad", "RepeatBackward0", "SplitWithSizesBackward0", "IndexSelectBackward0",
}  # fmt: skip
MATRICES = {"AddmmBackward0": "mat2", "MmBackward0": "mat2"}
MOST = 500  # nodes of a model; those that are linear throughout are short
MOST_LAYERS = 50


@dataclass
class Layer:
    """A layer with weights: its node, sizes, line, and its weight."""

    node: Any
    given: int
    made: int
    place: Place | None
    weight: Any


def linear_layers(graph: Graph) -> list[Layer]:
    """The layers from the input to the output, where a model has two or more and nothing else but linear operations between."""
    tops = [node for node in graph.nodes if TOKEN in node.metadata]
    nodes, places = below(tops)
    if nodes is None:
        return []
    layers = [layer for node in nodes if (layer := layer_of(node, places.get(node))) is not None]
    if not 2 <= len(layers) <= MOST_LAYERS:
        return []
    under, _ = below([child for layer in layers for child in children(layer.node)])
    if under is None or not all(linear(node) for node in under):
        return []
    inside = set(under)
    hidden = [layer for layer in layers if layer.node in inside]
    if not hidden:
        return []
    last = [layer for layer in layers if layer.node not in inside]
    first = [layer for layer in layers if not any(layer_of(node, None) for node in below(children(layer.node))[0] or ())]
    if min(layer.made for layer in hidden) < min(max(layer.given for layer in first), max(layer.made for layer in last)):
        return []
    return list(reversed(layers))


def below(tops: list[Any]) -> tuple[list[Any] | None, dict[Any, Place | None]]:
    """All nodes below some, and these, each with its line or that of the node above; None where there are too many."""
    seen: dict[Any, Place | None] = {top: place_of(top) for top in tops if name_of(top) != "AccumulateGrad"}
    waiting = list(seen)
    for node in waiting:
        if len(waiting) > MOST:
            return None, {}
        for child in children(node):
            if child not in seen:
                leaf = name_of(child) == "AccumulateGrad"
                seen[child] = seen[node] if leaf else place_of(child) or seen[node]
                waiting.append(child)
    return waiting, seen


def linear(node: Any) -> bool:
    """Whether an operation is linear in what has been computed, up to a constant."""
    name = name_of(node)
    if name in LINEAR or name in MATRICES or name == "ConvolutionBackward0":
        return True
    parts = [child for child, _ in node.next_functions]
    if name in ("MulBackward0", "BmmBackward0"):
        return len(parts) < 2 or any(part is None or is_weight(part) for part in parts[:2])
    return name == "DivBackward0" and (len(parts) < 2 or parts[1] is None)


def layer_of(node: Any, place: Place | None) -> Layer | None:
    """The layer that a node is; None where it is none."""
    name = name_of(node)
    position = {"AddmmBackward0": 2, "MmBackward0": 1, "ConvolutionBackward0": 1}.get(name)
    if position is None:
        return None
    given, weight = node.next_functions[position - 1][0], weight_below(node.next_functions[position][0])
    if weight is None or weight.dim() < 2 or (given is not None and is_leaf(given)):
        return None
    if name == "ConvolutionBackward0":
        channels = shape_of(node)[1]  # the weight may be kept with its axes in another order
        return Layer(node, weight.numel() // channels, channels, place, weight)
    sizes = saved(node, "mat2_sym_sizes")
    made = shape_of(node)[-1]
    return Layer(node, int(sizes[0]) if sizes else weight.numel() // made, made, place, weight)


def is_leaf(node: Any) -> bool:
    """Whether a node is a parameter: the product of two of them is no layer."""
    return name_of(node) == "AccumulateGrad"


def weight_below(node: Any) -> torch.Tensor | None:
    """The parameter that a node is a view of."""
    while node is not None and name_of(node) in VIEWS:
        parts = children(node)
        node = parts[0] if len(parts) == 1 else None
    return node.variable if node is not None and name_of(node) == "AccumulateGrad" else None
