"""Reading the frames of an exception: the layer it came out of, the operation that failed, and what went into it."""

import ast
import linecache
import re
from collections.abc import Iterator
from dataclasses import dataclass
from types import FrameType, ModuleType
from typing import Any

import torch
from torch import nn

from bringup.capture.source.person import PACKAGE, Person, Place

MOST_OPERANDS = 8
MOST_FRAMES = 500


@dataclass(frozen=True, slots=True)
class Seen:
    """One frame of a traceback: its line, and the instruction that was under way."""

    frame: FrameType
    line: int
    instruction: int

    @property
    def file(self) -> str:
        """The file, as Python knows it."""
        return self.frame.f_code.co_filename

    @property
    def function(self) -> str:
        """The name of the function."""
        return self.frame.f_code.co_name

    @property
    def names(self) -> dict[str, Any]:
        """The local variables."""
        return self.frame.f_locals


def frames_of(error: BaseException) -> list[Seen]:
    """The frames that an exception came through, outermost first, ours left out; of a long recursion the last ones."""
    found, entry = [], error.__traceback__
    while entry is not None:
        if not entry.tb_frame.f_code.co_filename.startswith(PACKAGE):
            found.append(Seen(entry.tb_frame, entry.tb_lineno, entry.tb_lasti))
        entry = entry.tb_next
    return found[-MOST_FRAMES:]


def of_person(frames: list[Seen], person: Person) -> list[Seen]:
    """The frames of the person's program, innermost first."""
    return [seen for seen in reversed(frames) if person.owns(seen.file)]


def place(seen: Seen) -> Place:
    """Where a frame stands."""
    return seen.file, seen.line


@dataclass(frozen=True, slots=True)
class Running:
    """A module that was running when the exception came, and what it was given."""

    module: nn.Module
    args: tuple[Any, ...]
    kwargs: dict[str, Any]


def running(frames: list[Seen]) -> list[Running]:
    """The modules that were running, outermost first."""
    found: list[Running] = []
    for seen in frames:
        if seen.function != "_call_impl":
            continue
        names = seen.names
        module = names.get("self")
        if isinstance(module, nn.Module):
            found.append(Running(module, tuple(names.get("args", ())), dict(names.get("kwargs", {}))))
    return found


def in_torch(seen: Seen, *parts: str) -> bool:
    """Whether a frame is of a file of torch: `in_torch(seen, "nn", "functional.py")`."""
    return "/".join(("torch", *parts)) in seen.file.replace("\\", "/")


def positions(seen: Seen) -> tuple[int | None, int | None, int | None, int | None]:
    """First and last line, first and last column of the expression that was under way."""
    index = seen.instruction // 2
    for number, position in enumerate(seen.frame.f_code.co_positions()):
        if number == index:
            return position
    return None, None, None, None


def expression(seen: Seen) -> str:
    """The source of the expression that was under way; "" where it is not known."""
    first, last, start, end = positions(seen)
    if first is None or last is None or start is None or end is None:
        return ""
    lines = [linecache.getline(seen.file, number).encode() for number in range(first, last + 1)]
    if not lines:
        return ""
    lines[-1] = lines[-1][:end]
    lines[0] = lines[0][start:]
    return " ".join(line.decode(errors="replace").strip() for line in lines)


def operands(seen: Seen) -> list[tuple[str, Any]]:
    """The tensors and arrays that are named in the expression that failed, by the text that names them."""
    try:
        tree = ast.parse(expression(seen), mode="eval")
    except (SyntaxError, ValueError):
        return []
    found: dict[str, Any] = {}
    for node in named(tree.body):
        value = value_of(node, seen.frame)
        values = value if isinstance(value, list | tuple) else [value]
        text = ast.unparse(node)
        for number, part in enumerate(values[:MOST_OPERANDS]):
            if isinstance(part, torch.Tensor) or type(part).__module__ == "numpy":
                found[text if part is value else f"{text}[{number}]"] = part
    return list(found.items())[:MOST_OPERANDS]


def owner(seen: Seen) -> str:
    """The library of what the expression that failed begins with: "torch" for `F.one_hot(...)` and for a method of a tensor."""
    first = re.match(r"[A-Za-z_]\w*", expression(seen))
    value = value_of(ast.Name(first.group()), seen.frame) if first else None
    name = value.__name__ if isinstance(value, ModuleType) else type(value).__module__
    return name.partition(".")[0]


def named(node: ast.AST) -> Iterator[ast.expr]:
    """The longest dotted names in an expression, from left to right, the functions that are called left out."""
    if isinstance(node, ast.Name) or (isinstance(node, ast.Attribute) and dotted(node)):
        yield node
        return
    if isinstance(node, ast.Call):
        if isinstance(node.func, ast.Attribute):
            yield from named(node.func.value)
        for argument in (*node.args, *(keyword.value for keyword in node.keywords)):
            yield from named(argument)
        return
    for child in ast.iter_child_nodes(node):
        yield from named(child)


def dotted(node: ast.expr) -> bool:
    """Whether an expression is a name with attributes only."""
    while isinstance(node, ast.Attribute):
        node = node.value
    return isinstance(node, ast.Name)


def value_of(node: ast.expr, frame: FrameType) -> Any:
    """What a dotted name means in a frame. No property of the person's is run: attributes are read where they are stored."""
    if isinstance(node, ast.Name):
        return frame.f_locals.get(node.id, frame.f_globals.get(node.id))
    if not isinstance(node, ast.Attribute):
        return None
    owner = value_of(node.value, frame)
    if isinstance(owner, torch.Tensor):
        return getattr(owner, node.attr) if node.attr in ("T", "mT", "data") else None
    stored: dict[str, Any] = getattr(owner, "__dict__", {})
    for kept in (stored, stored.get("_parameters"), stored.get("_buffers"), stored.get("_modules")):
        if isinstance(kept, dict) and node.attr in kept:
            return kept[node.attr]
    return None
