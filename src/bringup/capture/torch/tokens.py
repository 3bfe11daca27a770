"""Tokens in the graphs of calls: by them a backward pass finds the calls it came from, and graphs that are kept are counted."""

import weakref
from typing import Any

import torch

from bringup.capture.events import Site, Token
from bringup.capture.torch.graph import BEGINNING, TOKEN, children, name_of
from bringup.capture.torch.lens import node_of
from bringup.capture.torch.tensors import first_tensor, tensors_in

MOST_DEEP = 1000  # nodes


def mark_end(site: Site, output: Any, step: int, calls: int) -> bool:
    """Hang a token into the graph where the model ends; return whether there is one.

    Args:
        calls: The calls of the place that left a graph, this one included: the token stands for those since the last one.
    """
    token = None
    for tensor in (output,) if isinstance(output, torch.Tensor) else tensors_in(output):
        node = node_of(tensor)
        if node is not None:
            token = token or Token(site, step, calls - site.until_token)
            node.metadata.setdefault(TOKEN, token)
    if token is None:
        return False
    site.until_token = calls
    site.alive.add(weakref.ref(token, site.alive.discard))
    return True


def mark_beginning(site: Site, output: Any, step: int, calls: int) -> None:
    """Hang a token where the graph of a call begins; it stands for the calls since the last one that has one."""
    first = output if isinstance(output, torch.Tensor) else first_tensor(output)
    node = None if first is None else beginning(node_of(first))
    if node is None:
        return
    token = Token(site, step, calls - site.until_rooted)
    site.until_rooted = calls
    if node.metadata.setdefault(BEGINNING, token) is token:
        site.rooted.add(weakref.ref(token, site.rooted.discard))


def beginning(node: Any) -> Any:
    """The first node of the graph of a call, followed from its last one: that of another call is not entered."""
    for _ in range(MOST_DEEP):
        below = None if node is None else next((child for child in children(node) if name_of(child) != "AccumulateGrad"), None)
        if below is None or TOKEN in below.metadata:
            return node
        node = below
    return None
