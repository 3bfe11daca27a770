"""The lines of a call's arguments, read from the program's text: a person changes `lr=…`, not where the call begins.

Where an argument is a name (`lr`, `args.lr`, `config["lr"]`), the line is that on which the name is given its number: an
assignment, the default of a parameter or of a command-line option, a keyword, an entry of a dictionary.
"""

import ast
import math
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from bringup.capture.source.person import Place
from bringup.capture.source.syntax import tree_of

EXACT = 1e-6  # of a number: a library may keep it in single precision


def argument_lines(place: Place | None, values: Mapping[str, Any] | None = None, order: Sequence[str] = ()) -> dict[str, int]:
    """The lines of the arguments of the call that begins in a line, by name; {} where there is no text, or nothing is named.

    Where several calls begin there, the longest counts: it is the outermost.

    Args:
        values: What arguments are known to have been: only a name that is given this number somewhere is followed there.
        order: The names of arguments by place; without them, only named ones are found.
    """
    if place is None:
        return {}
    calls = [node for node in nodes_in(place[0]) if isinstance(node, ast.Call) and node.lineno == place[1]]
    calls = [node for node in calls if node.keywords or order]
    if not calls:
        return {}
    longest = max(calls, key=lambda node: (node.end_lineno or node.lineno, node.end_col_offset or 0))
    found = {keyword.arg: keyword.value for keyword in longest.keywords if keyword.arg}
    if not any(isinstance(entry, ast.Starred) for entry in longest.args):
        found |= dict(zip(order, longest.args, strict=False))
    known = values or {}
    return {name: line_of(place[0], value, known.get(name)) for name, value in found.items()}


def line_of(file: str, value: ast.expr, number: Any) -> int:
    """The line on which an argument is given its number; that of the argument itself where this is not plain to see."""
    name = name_of(value)
    if name is None or isinstance(number, bool) or not isinstance(number, int | float):
        return value.lineno
    lines = {line for line, given in bindings(file).get(name, ()) if math.isclose(given, number, rel_tol=EXACT)}
    return lines.pop() if len(lines) == 1 else value.lineno


def name_of(value: ast.expr) -> str | None:
    """The last part of a name: `lr` of `lr`, `args.lr` and `config["lr"]`."""
    if isinstance(value, ast.Name):
        return value.id
    if isinstance(value, ast.Attribute):
        return value.attr
    if isinstance(value, ast.Subscript) and isinstance(value.slice, ast.Constant):
        return value.slice.value if isinstance(value.slice.value, str) else None
    return None


@lru_cache(maxsize=64)
def bindings(file: str) -> dict[str, list[tuple[int, float]]]:
    """The lines of a file on which a name is given a number that is written down there."""
    found: dict[str, list[tuple[int, float]]] = {}
    for node in nodes_in(file):
        for name, value in bound(node):
            number = number_of(value)
            if name and number is not None:
                found.setdefault(name, []).append((value.lineno, number))
    return found


def bound(node: ast.AST) -> Iterator[tuple[str | None, ast.expr]]:
    """The names that a node gives a value, and the values."""
    if isinstance(node, ast.Assign):
        for target in node.targets:
            if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
                yield from zip(map(name_of, target.elts), node.value.elts, strict=False)
            else:
                yield name_of(target), node.value
    elif isinstance(node, ast.AnnAssign) and node.value is not None:
        yield name_of(node.target), node.value
    elif isinstance(node, ast.arguments):
        positional = [*node.posonlyargs, *node.args]
        yield from ((entry.arg, value) for entry, value in zip(positional[::-1], node.defaults[::-1], strict=False))
        pairs = zip(node.kwonlyargs, node.kw_defaults, strict=True)
        yield from ((entry.arg, value) for entry, value in pairs if value is not None)
    elif isinstance(node, ast.Dict):
        for key, value in zip(node.keys, node.values, strict=True):
            if isinstance(key, ast.Constant) and isinstance(key.value, str):
                yield key.value, value
    elif isinstance(node, ast.Call):
        yield from ((keyword.arg, keyword.value) for keyword in node.keywords if keyword.arg)
        yield from option(node)


def option(call: ast.Call) -> Iterator[tuple[str, ast.expr]]:
    """The name and the default of a command-line option (`add_argument("--lr", default=0.1)`)."""
    flags = [entry.value for entry in call.args if isinstance(entry, ast.Constant) and isinstance(entry.value, str)]
    default = next((keyword.value for keyword in call.keywords if keyword.arg == "default"), None)
    if default is not None:
        for flag in flags:
            yield flag.lstrip("-").replace("-", "_"), default


def number_of(value: ast.expr) -> float | None:
    """A number that is written down, with its sign; None for anything else."""
    if isinstance(value, ast.UnaryOp) and isinstance(value.op, ast.USub):
        number = number_of(value.operand)
        return None if number is None else -number
    if not isinstance(value, ast.Constant) or isinstance(value.value, bool) or not isinstance(value.value, int | float):
        return None
    return float(value.value)


@lru_cache(maxsize=64)
def nodes_in(file: str) -> tuple[ast.AST, ...]:
    """All that is in a file, as Python reads it; () where it cannot."""
    tree = tree_of(file)
    return () if tree is None else tuple(ast.walk(tree))
