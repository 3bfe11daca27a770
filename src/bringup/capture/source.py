"""The lines of a call's arguments, read from the program's text: a person changes `lr=…`, not where the call begins."""

import ast
import linecache
from functools import lru_cache

from bringup.capture.person import Place


def argument_lines(place: Place | None) -> dict[str, int]:
    """The lines of the named arguments of the call that begins in a line; {} where there is no text, or nothing is named.

    Where several calls begin there, the longest counts: it is the outermost.
    """
    if place is None:
        return {}
    calls = [node for node in nodes_in(place[0]) if isinstance(node, ast.Call) and node.lineno == place[1] and node.keywords]
    if not calls:
        return {}
    longest = max(calls, key=lambda node: (node.end_lineno or node.lineno, node.end_col_offset or 0))
    return {keyword.arg: keyword.value.lineno for keyword in longest.keywords if keyword.arg}


@lru_cache(maxsize=64)
def nodes_in(file: str) -> tuple[ast.AST, ...]:
    """All that is in a file, as Python reads it; () where it cannot."""
    try:
        return tuple(ast.walk(ast.parse("".join(linecache.getlines(file)))))
    except (SyntaxError, ValueError):
        return ()
