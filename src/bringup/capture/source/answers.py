"""What a program makes of a model's answers, read from its text: for answers that leave torch, where calls cannot be seen."""

import ast
from collections.abc import Iterator

from bringup.capture.source.arguments import number_of
from bringup.capture.source.loops import scope_and_loop
from bringup.capture.source.person import Place
from bringup.capture.source.syntax import tree_of

ACROSS = (1, -1)  # the axis of the columns


def argmax_line(place: Place | None) -> Place | None:
    """The line that takes the place of the largest value in each row of what a call in a line gives; None where none does.

    Followed are the name that the call is assigned to, in the same function and after the call, and the call itself.
    """
    tree = tree_of(place[0]) if place is not None else None
    if tree is None or place is None:
        return None
    scope, _ = scope_and_loop(tree, place[1])
    name = assigned_name(scope, place[1])
    for node in certain(scope, place[1]):
        taken = taken_of(node)
        if taken is None:
            continue
        same = isinstance(taken, ast.Name) and taken.id == name
        same = same and name is not None and not assigned_between(scope, name, place[1], taken.lineno)
        direct = isinstance(taken, ast.Call) and taken.lineno <= place[1] <= (taken.end_lineno or taken.lineno)
        if (same and taken.lineno > place[1]) or direct:
            return place[0], taken.lineno
    return None


def certain(node: ast.AST, line: int) -> Iterator[ast.AST]:
    """All below a node but what a condition after a line may leave out: it may ask how many columns there are."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.If | ast.IfExp | ast.Match | ast.FunctionDef | ast.Lambda) and child.lineno >= line:
            continue
        yield child
        yield from certain(child, line)


def assigned_name(scope: ast.AST, line: int) -> str | None:
    """The one name that a statement on a line assigns."""
    for node in ast.walk(scope):
        if isinstance(node, ast.Assign) and node.lineno <= line <= (node.end_lineno or node.lineno) and len(node.targets) == 1:
            target = node.targets[0]
            if isinstance(target, ast.Name) and isinstance(node.value, ast.Call):
                return target.id
    return None


def assigned_between(scope: ast.AST, name: str, after: int, before: int) -> bool:
    """Whether a name is assigned anew between two lines."""
    return any(line for line in assignments(scope, name) if after < line < before)


def assignments(scope: ast.AST, name: str) -> Iterator[int]:
    """The lines that assign a name."""
    for node in ast.walk(scope):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) and node.id == name:
            yield node.lineno


def taken_of(node: ast.AST) -> ast.expr | None:
    """What an argmax over columns is taken of; None for anything else."""
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute) or node.func.attr != "argmax":
        return None
    owner = node.func.value
    function = isinstance(owner, ast.Name) and owner.id in ("np", "numpy", "torch", "ops", "keras")
    positional = node.args[1:] if function else node.args
    axis = next((keyword.value for keyword in node.keywords if keyword.arg in ("axis", "dim")), next(iter(positional), None))
    if axis is None or number_of(axis) not in ACROSS:
        return None
    return (node.args[0] if node.args else None) if function else owner
