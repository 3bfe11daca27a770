"""Why a backward pass failed, as far as its graph tells: which earlier calls it reaches, and what was changed in place."""

import re
from dataclasses import dataclass
from typing import Any

from bringup.capture.events import Token
from bringup.capture.source.person import Place
from bringup.capture.torch.graph import TOKEN, children, name_of, place_of, read_graph, shape_of

CHANGED = re.compile(r"Tensor \[([\d, ]*)\]\], which is output \d+ of (\w+)")
MIXING = frozenset({"ViewBackward0", "UnsafeViewBackward0", "ReshapeAliasBackward0", "CatBackward0", "RepeatBackward0"})


@dataclass(frozen=True, slots=True)
class Reached:
    """The calls of models below a loss.

    Attributes:
        nearest: Those that nothing but the loss lies above: more than one step among them means that losses were added up.
        below: Those whose output went into another call: state that was handed on.
    """

    nearest: tuple[Token, ...]
    below: tuple[Token, ...]


def reached(root: Any) -> Reached:
    """Sort the calls that a graph reaches. The graph may be used up: its nodes are there all the same."""
    graph = read_graph(root)
    nearest: list[Token] = []
    seen, waiting = {root}, [root]
    for node in waiting:
        token = node.metadata.get(TOKEN)
        if token is not None:
            nearest.append(token)
            continue
        for child in children(node):
            if child not in seen:
                seen.add(child)
                waiting.append(child)
    known = {id(token) for token in nearest}
    below = {id(token): token for token in graph.tokens if id(token) not in known}
    return Reached(tuple(nearest), tuple(below.values()))


def changed_tensor(message: str) -> tuple[tuple[int, ...], str] | None:
    """Shape, and the function that made it, of the tensor that was changed, as the message of torch names them."""
    found = CHANGED.search(message)
    if found is None:
        return None
    shape = tuple(int(part) for part in found.group(1).split(",") if part.strip())
    return shape, found.group(2)


def made_at(root: Any, shape: tuple[int, ...], function: str) -> Place | None:
    """The line that made the tensor, where the lens was open then."""
    for node in read_graph(root).nodes:
        if name_of(node).startswith(function.removesuffix("Backward0")) and shape_of(node) == shape:
            place = place_of(node)
            if place is not None:
                return place
    return None


def misshaped_at(tensor: Any, rows: int) -> Place | None:
    """The line below a tensor where its first axis stopped being the batch and got `rows`."""
    node = getattr(tensor, "grad_fn", None)
    seen: set[Any] = set()
    while node is not None and node not in seen:
        seen.add(node)
        below = [child for child in children(node) if len(shape_of(child)) > 1]
        first = [shape_of(child)[0] for child in below]
        if shape_of(node)[:1] == (rows,) and first and rows not in first and name_of(node) in MIXING:
            return place_of(node)
        node = below[0] if below else None
    return None
