"""The boundary of gradients that are asked for: `torch.autograd.grad`, by which a program may train without a backward pass.

Most such calls train nothing: a penalty on a gradient, the derivative of an answer with respect to its input, a row of second
derivatives. One counts as a backward pass where the program has neither an optimizer nor a backward pass, and it asks for the
gradients of what the loss can change: of parameters, or, where the loss depends on none, of all tensors that it depends on.
"""

import functools
from threading import get_ident
from typing import TYPE_CHECKING, Any

import torch
from torch import nn

from bringup.capture.torch.backward import observed
from bringup.capture.torch.graph import REDUCTIONS, VIEWS, children, name_of, read_graph, write
from bringup.capture.torch.lens import node_of
from bringup.capture.torch.tensors import tensors_in

if TYPE_CHECKING:
    from bringup.capture.torch.boundaries import Watch

CREATE_GRAPH = 4  # the place of that argument
DERIVATIVE = "bringup-derivative"
WEIGHING = frozenset({"MulBackward0", "DotBackward0", "AddBackward0", "MvBackward0"})
MOST_UP = 50  # nodes


def install(watch: "Watch") -> None:
    """See every call."""
    watch.patches.replace(torch.autograd, "grad", lambda original: wrapped(watch, original))


def wrapped(watch: "Watch", original: Any) -> Any:
    """The function; modules that are called inside it are recomputed activations."""
    session = watch.session

    @functools.wraps(original)
    def grad(outputs: Any, inputs: Any, *args: Any, **kwargs: Any) -> Any:
        if watch.in_backward or not session.active or get_ident() != session.thread:
            return original(outputs, inputs, *args, **kwargs)
        creates = kwargs.get("create_graph", args[CREATE_GRAPH - 2] if len(args) > CREATE_GRAPH - 2 else False)
        if not creates and not watch.by_backward and not session.expects_steps and trains(outputs, inputs):
            return observed(watch, original, outputs, (inputs, *args), kwargs)
        watch.in_backward = True
        try:
            found = original(outputs, inputs, *args, **kwargs)
        finally:
            watch.in_backward = False
        if creates:
            for tensor in tensors_in(found):
                if (node := node_of(tensor)) is not None:
                    write(node, DERIVATIVE, True)
        return found

    return grad


def trains(outputs: Any, inputs: Any) -> bool:
    """Whether these are gradients of a loss with respect to what is trained."""
    asked = [tensor for tensor in tensors_in(inputs) if tensor.is_leaf and tensor.requires_grad]
    root = next((tensor.grad_fn for tensor in tensors_in(outputs) if tensor.grad_fn is not None), None)
    if not asked or root is None or is_derivative(root):
        return False
    if any(isinstance(tensor, nn.Parameter) for tensor in asked):
        return True
    wanted = {id(tensor) for tensor in asked}
    return all(id(leaf) in wanted for leaf in read_graph(root).leaves)


def is_derivative(root: Any) -> bool:
    """Whether a gradient is differentiated once more: an element of it, or a sum of some."""
    waiting = [root]
    for node in waiting:
        if DERIVATIVE in node.metadata:
            return True
        name = name_of(node)
        if (name in VIEWS or name in REDUCTIONS or name in WEIGHING) and len(waiting) < MOST_UP:
            waiting.extend(children(node))
    return False
