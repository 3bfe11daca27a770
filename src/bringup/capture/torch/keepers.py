"""What keeps graphs alive: the result that they hang on, and the line that puts it where it stays."""

import ast
import gc
import sys
from collections.abc import Iterator
from types import FrameType
from typing import Any

import torch

from bringup.capture.events import Site
from bringup.capture.source.arguments import nodes_in
from bringup.capture.source.person import Person, Place
from bringup.capture.torch.graph import BEGINNING, TOKEN, children, name_of, place_of

MOST_NODES = 3000
MOST_TENSORS = 2000
TRIED = 10
PUTS = frozenset({"append", "extend", "insert", "add", "appendleft", "update"})


def keeper(site: Site, person: Person, before: int) -> Place | None:
    """The line that keeps the graphs of a place from before a step: a sum of results, a list that they go into, the loss."""
    hung: list[tuple[int, Place | None, bool, Any]] = []
    tensors = [thing for thing in gc.get_objects() if type(thing) is torch.Tensor and thing.grad_fn is not None]
    for tensor in tensors[:MOST_TENSORS]:
        found, place, summed = hanging(tensor.grad_fn, site, before)
        if found:
            hung.append((found, place, summed, tensor))
    del tensors
    hung.sort(key=lambda entry: -entry[0])
    for _, place, summed, tensor in hung[:TRIED]:
        line = place if summed else putting(tensor, person)
        if line is not None:
            return line
    return hung[0][1] if hung else None


def hanging(root: Any, site: Site, before: int) -> tuple[int, Place | None, bool]:
    """How many calls of a place hang on a node, and the line of the sum, else of the loss, between them."""
    found, seen, waiting = 0, {root}, [root]
    place: Place | None = None
    total: Place | None = None
    for node in waiting:
        token = node.metadata.get(TOKEN) or node.metadata.get(BEGINNING)
        if token is not None:
            found += token.site is site and token.step < before
            continue
        line = place_of(node)
        place = place or line
        if name_of(node) == "AddBackward0":
            total = total or line
        for child in children(node):
            if child not in seen and len(waiting) < MOST_NODES:
                seen.add(child)
                waiting.append(child)
    return found, total or place, total is not None and found > 1


def putting(tensor: torch.Tensor, person: Person) -> Place | None:
    """The line that puts a tensor into the list or dict that it is in, by the name of the list."""
    holders = [
        thing for thing in gc.get_referrers(tensor) if isinstance(thing, list | dict | set) and "__builtins__" not in thing
    ]
    frames = list(frames_of(person))
    for holder in holders:
        for frame in frames:
            for name in names_of(holder, frame):
                line = line_of_put(frame.f_code.co_filename, name)
                if line is not None:
                    return frame.f_code.co_filename, line
    return None


def frames_of(person: Person) -> Iterator[FrameType]:
    """The person's frames, innermost first."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        if person.owns(frame.f_code.co_filename):
            yield frame
        frame = frame.f_back


def names_of(holder: Any, frame: FrameType) -> Iterator[str]:
    """What a frame calls a list: a variable, an attribute of one or of a part of a model, or an entry of a dict."""
    for space in (frame.f_locals, frame.f_globals):
        for name, value in list(space.items()):
            if value is holder or (isinstance(value, dict) and name != "__builtins__" and holds(value, holder)):
                yield name
                continue
            for owner in value.modules() if isinstance(value, torch.nn.Module) else [value]:
                inner = getattr(owner, "__dict__", None)
                if isinstance(inner, dict):
                    yield from (key for key, entry in list(inner.items()) if entry is holder)


def holds(value: dict[Any, Any], holder: Any) -> bool:
    """Whether a dict has a list as an entry."""
    return any(entry is holder for entry in list(value.values()))


def line_of_put(file: str, name: str) -> int | None:
    """The line that puts something into what has this name."""
    for node in nodes_in(file):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in PUTS:
            if ends_in(node.func.value, name):
                return node.lineno
        elif (isinstance(node, ast.AugAssign) and ends_in(node.target, name)) or (
            isinstance(node, ast.Assign) and any(isinstance(t, ast.Subscript) and ends_in(t.value, name) for t in node.targets)
        ):
            return node.lineno
    return None


def ends_in(node: ast.expr, name: str) -> bool:
    """Whether an expression is a variable, an attribute, or an entry of one, of this name."""
    if isinstance(node, ast.Subscript):
        return ends_in(node.value, name)
    return (isinstance(node, ast.Name) and node.id == name) or (isinstance(node, ast.Attribute) and node.attr == name)
