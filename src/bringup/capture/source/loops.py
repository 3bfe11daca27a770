"""Reading a loop over evaluation batches: does what is read after it tell of all batches, or of one?"""

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

Loop = ast.For | ast.While
Kind = Literal["overwritten", "reset", "kept", "returned"]
COMPOUND = (ast.For, ast.While, ast.If, ast.With, ast.Try)
COUNTS = frozenset({"item", "sum", "mean", "len", "int", "float", "size", "count_nonzero"})


@dataclass(frozen=True)
class Trouble:
    """A variable that tells of one batch only."""

    kind: Kind
    line: int
    variable: str


def troubles_at(tree: ast.Module, line: int) -> list[Trouble] | None:
    """What is wrong with the innermost loop around a line in which a model is judged; None where there is no loop."""
    scope, loop = scope_and_loop(tree, line)
    if loop is None:
        return None
    after = list(statements_after(scope, loop))
    found = [*overwritten(scope, loop, after), *reset(loop, after), *kept(loop, after)]
    sums = added_up(loop, line)
    if sums:  # the answers are taken together: what tells of one batch matters only where it is held against the sum
        found = [trouble for trouble in found if trouble.kind != "kept" and divided(after, trouble.variable, sums)]
    return [*found, *returned(loop)]


def scope_and_loop(tree: ast.Module, line: int) -> tuple[ast.AST, Loop | None]:
    """The function (or module) that a line is in, and the innermost loop of that function around it."""
    scope: ast.AST = tree
    loop: Loop | None = None
    for node in ast.walk(tree):  # breadth first: what comes later lies deeper
        if not isinstance(node, ast.stmt | ast.expr) or not node.lineno <= line <= (node.end_lineno or node.lineno):
            continue
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef):
            scope, loop = node, None
        elif isinstance(node, ast.For | ast.While) and node.body[0].lineno <= line:
            loop = node
    return scope, loop


def statements_after(scope: ast.AST, loop: Loop) -> Iterator[ast.AST]:
    """Everything in the scope that stands after the loop."""
    end = loop.end_lineno or loop.lineno
    for node in ast.walk(scope):
        if isinstance(node, ast.stmt) and node.lineno > end:
            yield node


def body_nodes(loop: Loop) -> Iterator[ast.AST]:
    """Everything in the body of the loop."""
    for statement in loop.body:
        yield from ast.walk(statement)


def reads(nodes: Iterable[ast.AST], name: str) -> list[ast.Name]:
    """Where a name is read."""
    found = []
    for top in nodes:
        found += [n for n in ast.walk(top) if isinstance(n, ast.Name) and n.id == name and isinstance(n.ctx, ast.Load)]
    return found


def assigned(loop: Loop) -> Iterator[tuple[str, ast.expr, ast.Assign]]:
    """The plain assignments of the body: the name, what it gets, and the statement; `a, b = 0, 0` as two."""
    for node in body_nodes(loop):
        if isinstance(node, ast.Assign):
            yield from ((target.id, value, node) for target, value in pairs_of(node) if isinstance(target, ast.Name))


def added_up(loop: Loop, line: int) -> set[str]:
    """The names in which the body of the loop adds up, or collects, what comes from the model that is called in a line."""
    from_model: set[str] = set()
    sums: set[str] = set()
    fresh = {name for name, value, _ in assigned(loop) if is_empty(value)}
    for node in sorted((n for n in body_nodes(loop) if isinstance(n, ast.stmt)), key=lambda n: n.lineno):
        here = node.lineno <= line <= (node.end_lineno or node.lineno) and not isinstance(node, COMPOUND)
        used = {n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)}
        if isinstance(node, COMPOUND) or not (here or used & from_model):
            continue
        if isinstance(node, ast.Assign):
            from_model |= {n.id for target in node.targets for n in ast.walk(target) if isinstance(n, ast.Name)}
        elif isinstance(node, ast.AugAssign):
            sums |= {n.id for n in ast.walk(node.target) if isinstance(n, ast.Name)}
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) and isinstance(node.value.func, ast.Attribute):
            sums |= {n.id for n in ast.walk(node.value.func.value) if isinstance(n, ast.Name)}
    return sums - fresh


def divided(after: list[ast.AST], name: str, sums: set[str]) -> bool:
    """Whether a name and a sum stand in one division after the loop."""
    for top in after:
        for node in ast.walk(top):
            if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
                names = {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}
                if name in names and names & sums:
                    return True
    return False


def overwritten(scope: ast.AST, loop: Loop, after: list[ast.AST]) -> Iterator[Trouble]:
    """A count that starts at 0 before the loop, is set anew in each round, never read in it, and read afterwards."""
    starts = starts_of(scope, loop)
    for name, value, node in assigned(loop):
        if name not in starts or isinstance(value, ast.Constant):
            continue
        if reads(loop.body, name) or not reads(after, name):
            continue
        if any(isinstance(part, ast.AugAssign) and is_name(part.target, name) for part in body_nodes(loop)):
            continue
        if is_count(value):
            yield Trouble("overwritten", node.lineno, name)


def starts_of(scope: ast.AST, loop: Loop) -> set[str]:
    """The names that hold 0 when the loop begins."""
    found: dict[str, bool] = {}
    nodes = [n for n in ast.walk(scope) if isinstance(n, ast.Assign) and n.lineno < loop.lineno]
    for node in sorted(nodes, key=lambda n: n.lineno):
        for target, value in pairs_of(node):
            if isinstance(target, ast.Name):
                zero = isinstance(value, ast.Constant) and isinstance(value.value, int | float)
                found[target.id] = zero and value.value == 0  # type: ignore[attr-defined]
    return {name for name, zero in found.items() if zero}


def pairs_of(node: ast.Assign) -> Iterator[tuple[ast.expr, ast.expr]]:
    """Target and value of an assignment, `a, b = 0, 0` as two."""
    for target in node.targets:
        if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple) and len(target.elts) == len(node.value.elts):
            yield from zip(target.elts, node.value.elts, strict=True)
        else:
            yield target, node.value


def is_name(node: ast.AST, name: str) -> bool:
    """Whether a node is this name."""
    return isinstance(node, ast.Name) and node.id == name


def is_count(value: ast.expr) -> bool:
    """Whether an expression counts or sums over a batch: it compares, or calls what makes one number of many."""
    for node in ast.walk(value):
        if isinstance(node, ast.Compare):
            return True
        if isinstance(node, ast.Call):
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if called in COUNTS:
                return True
    return False


def reset(loop: Loop, after: list[ast.AST]) -> Iterator[Trouble]:
    """A list or a count that begins anew in each round, grows in it, is never read in it, and is read after the loop."""
    for name, value, node in assigned(loop):
        if node not in loop.body or not is_empty(value):
            continue
        grown = [part for part in body_nodes(loop) if isinstance(part, ast.AugAssign) and is_name(part.target, name)]
        fills = [call for call in body_nodes(loop) if isinstance(call, ast.Call) and is_filling(call, name)]
        if (grown or fills) and len(reads(loop.body, name)) == len(fills) and reads(after, name):
            yield Trouble("reset", node.lineno, name)


def is_empty(value: ast.expr) -> bool:
    """Whether an expression is 0 or an empty list."""
    if isinstance(value, ast.List):
        return not value.elts
    return isinstance(value, ast.Constant) and isinstance(value.value, int | float) and value.value == 0


def is_filling(call: ast.Call, name: str) -> bool:
    """Whether a call is `name.append(...)` or `name.extend(...)`."""
    function = call.func
    return isinstance(function, ast.Attribute) and function.attr in ("append", "extend") and is_name(function.value, name)


def kept(loop: Loop, after: list[ast.AST]) -> Iterator[Trouble]:
    """Names that each round sets anew, two of which are compared with each other after the loop."""
    if not isinstance(loop, ast.For):
        return
    own = {node.id for node in ast.walk(loop.target) if isinstance(node, ast.Name)}
    made = {name for name, _, _ in assigned(loop)}
    made |= {n.id for node in body_nodes(loop) if isinstance(node, ast.Tuple) and isinstance(node.ctx, ast.Store)
             for n in node.elts if isinstance(n, ast.Name)}  # fmt: skip
    for statement in after:
        for node in ast.walk(statement):
            names = {n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)}
            if is_judgement(node) and names & own and names & (made - own) and not set_again(after, names & (made | own)):
                yield Trouble("kept", getattr(node, "lineno", 0), sorted(names & (made - own))[0])
                return


def is_judgement(node: ast.AST) -> bool:
    """Whether a node compares for equality, or calls a metric with two arguments."""
    if isinstance(node, ast.Compare):
        return len(node.ops) == 1 and isinstance(node.ops[0], ast.Eq)
    if isinstance(node, ast.Call) and len(node.args) >= 2:
        called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        return called.endswith(("_score", "_error"))
    return False


def set_again(after: list[ast.AST], names: set[str]) -> bool:
    """Whether one of the names gets another value after the loop."""
    stored = (n.id for top in after for n in ast.walk(top) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store))
    return any(name in names for name in stored)


def returned(loop: Loop) -> Iterator[Trouble]:
    """A `return` of what is added up, at the level of the loop's own body: its first round is its last."""
    grown = {
        node.target.id for node in body_nodes(loop) if isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name)
    }
    for node in loop.body:
        if isinstance(node, ast.Return) and node.value is not None:
            names = {part.id for part in ast.walk(node.value) if isinstance(part, ast.Name)}
            if names & grown:
                yield Trouble("returned", node.lineno, sorted(names & grown)[0])
