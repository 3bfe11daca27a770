"""Reading the person's source where only it can tell, for instance on which line a number is written down."""

import ast
import linecache
from collections.abc import Iterator
from functools import lru_cache

from bringup.capture.source.person import Place

MOST_CHARACTERS = 2_000_000
MOST_SELECTIONS = 6
TAKE_ALL = ("fit", "evaluate", "predict", "train_on_batch")  # methods that are handed a whole set of rows


@lru_cache(maxsize=50)
def parsed(text: str) -> ast.Module | None:
    """The tree of a source text, None where it cannot be read."""
    try:
        return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError):
        return None


def tree_of(filename: str) -> ast.Module | None:
    """The tree of a source file, as it is on disk or as a notebook keeps it."""
    text = "".join(linecache.getlines(filename))
    return parsed(text) if 0 < len(text) <= MOST_CHARACTERS else None


def line_of_number(places: tuple[Place, ...], value: int) -> Place | None:
    """The line where a number that was handed to a call is written down.

    Args:
        places: The lines that were running when the call was made, innermost first.
        value: The number.

    Returns:
        The line of the assignment at module level, or of the default of a parameter, that the number comes from; None where
        the number stands in the call itself, or cannot be followed.
    """
    tree = tree_of(places[0][0]) if places else None
    if tree is None:
        return None
    filename, line = places[0]
    names = names_at(tree, line)
    around = functions_around(tree, line)
    defaults: set[int] = set()
    if around:
        parameters = {argument.arg for argument in all_arguments(around[0])}
        defaults = {at for name, at, number in defaults_of(around[0]) if number == value and name in names}
        if names & parameters:
            for outer in places[1:]:
                names |= names_at(tree, outer[1]) if outer[0] == filename else set()
        names -= parameters
    found = constant_line(tree, names, value) or next(iter(sorted(defaults)), None)
    return (filename, found) if found else None


def constant_line(tree: ast.Module, names: set[str], value: int) -> int | None:
    """The line of the assignment at module level that gives one of the names this value."""
    for node in tree.body:
        if not isinstance(node, ast.Assign) or not isinstance(node.value, ast.Constant) or node.value.value != value:
            continue
        if any(isinstance(target, ast.Name) and target.id in names for target in node.targets):
            return node.lineno
    return None


def names_at(tree: ast.AST, line: int) -> set[str]:
    """The names that are handed, as they are, to the calls that stand on a line."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and node.lineno <= line <= (node.end_lineno or node.lineno):
            values = [*node.args, *(keyword.value for keyword in node.keywords)]
            found |= {value.id for value in values if isinstance(value, ast.Name)}
    return found


def functions_around(tree: ast.AST, line: int) -> list[ast.FunctionDef]:
    """The functions that a line is in, innermost first."""
    found = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef) and node.lineno <= line <= (node.end_lineno or node.lineno)
    ]
    return sorted(found, key=lambda node: -node.lineno)


def all_arguments(function: ast.FunctionDef) -> list[ast.arg]:
    """The parameters of a function."""
    return [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]


def defaults_of(function: ast.FunctionDef) -> Iterator[tuple[str, int, object]]:
    """The parameters with a constant default: name, line, value."""
    given = function.args
    positional = [*given.posonlyargs, *given.args]
    pairs = list(zip(positional[len(positional) - len(given.defaults) :], given.defaults, strict=True))
    pairs += [(name, value) for name, value in zip(given.kwonlyargs, given.kw_defaults, strict=True) if value is not None]
    for name, value in pairs:
        if isinstance(value, ast.Constant):
            yield name.arg, value.lineno, value.value


def line_of_argument(places: tuple[Place, ...]) -> Place | None:
    """The last assignment, before a call, to the one name that the call is given; followed through parameters to its callers.

    For values whose making cannot be seen (`torch.FloatTensor(x)`). None where a line does not tell clearly.
    """
    name: str | None = None
    for number, (filename, line) in enumerate(places):
        tree = tree_of(filename)
        if tree is None:
            return None
        if number == 0:
            name = only_argument(tree, line)
        if name is None:
            return None
        around = functions_around(tree, line)
        parameters = [argument.arg for argument in all_arguments(around[0])] if around else []
        if name not in parameters:
            found = made_in(around[0] if around else tree, name, line) or made_in(tree, name, line)
            return (filename, found) if found else None
        if number + 1 == len(places):
            return None
        caller = tree_of(places[number + 1][0])
        name = handed_as(caller, places[number + 1][1], around[0].name, parameters.index(name), name) if caller else None
    return None


def only_argument(tree: ast.AST, line: int) -> str | None:
    """The name that a call on a line is given as its only argument; None where several calls are given different ones.

    Of the methods that take inputs and targets, the inputs count.
    """
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and node.lineno == line]
    whole = [call for call in calls if isinstance(call.func, ast.Attribute) and call.func.attr in TAKE_ALL]
    given = [call.args[0] for call in whole if call.args] or [call.args[0] for call in calls if len(call.args) == 1]
    names = {value.id for value in given if isinstance(value, ast.Name)}
    return names.pop() if len(names) == 1 else None


def handed_as(tree: ast.AST, line: int, function: str, place: int, keyword: str) -> str | None:
    """The name that a call of a function on a line hands over as one of its parameters."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not node.lineno <= line <= (node.end_lineno or node.lineno):
            continue
        called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if called != function:
            continue
        named = [entry.value for entry in node.keywords if entry.arg == keyword]
        offset = 1 if isinstance(node.func, ast.Attribute) else 0  # a method's own object is not handed over
        positional = node.args[place - offset : place - offset + 1] if place >= offset else []
        for value in [*named, *positional]:
            return value.id if isinstance(value, ast.Name) else None
    return None


def made_in(scope: ast.AST, name: str, line: int) -> int | None:
    """The line before a line, in a scope, that made the values which a name stands for; selections of rows do not make any."""
    found: ast.Assign | None = None
    for _ in range(MOST_SELECTIONS):
        last = last_assignment(scope, name, line)
        if last is None:
            break
        found, line = last, last.lineno
        source = selected_from(last, name)
        if source is None:
            break
        name = source
    return found.lineno if found is not None else None


def selected_from(node: ast.Assign, name: str) -> str | None:
    """The name that an assignment selects rows from; None where it does more."""
    value = node.value
    if isinstance(value, ast.Subscript) and isinstance(value.value, ast.Name):
        return value.value.id
    if not isinstance(value, ast.Call) or not isinstance(node.targets[0], ast.Tuple):
        return None
    called = value.func.attr if isinstance(value.func, ast.Attribute) else getattr(value.func, "id", "")
    stored = [part.id if isinstance(part, ast.Name) else "" for part in node.targets[0].elts]
    if called != "train_test_split" or name not in stored or stored.index(name) // 2 >= len(value.args):
        return None
    source = value.args[stored.index(name) // 2]  # two parts of each argument
    return source.id if isinstance(source, ast.Name) else None


def last_assignment(scope: ast.AST, name: str, line: int) -> ast.Assign | None:
    """The last assignment to a name in a scope before a line."""
    found: ast.Assign | None = None
    for node in ast.walk(scope):
        if isinstance(node, ast.Assign) and node.lineno < line:
            stored = {n.id for target in node.targets for n in ast.walk(target) if isinstance(n, ast.Name)}
            if name in stored and (found is None or node.lineno > found.lineno):
                found = node
    return found
