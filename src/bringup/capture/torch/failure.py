"""Putting together what is known of an exception."""

import re
import sys
from typing import TYPE_CHECKING, Any

import torch

from bringup.capture.source.person import Person
from bringup.capture.torch.failing_layers import failing_layer, layers_of
from bringup.capture.torch.failure_context import context
from bringup.capture.torch.frames import (
    Running,
    Seen,
    expression,
    frames_of,
    in_torch,
    of_person,
    operands,
    owner,
    place,
    running,
)
from bringup.capture.torch.losses import NAMES as LOSSES
from bringup.capture.torch.tensors import describe, tensors_in
from bringup.findings import Where
from bringup.record import During, FailureFacts, OperandFacts, TensorFacts

if TYPE_CHECKING:
    from bringup.capture.observers.failures import Failures

MOST_TEXT = 2000
MOST_ITEMS = 256
FILE = re.compile(r'File "([^"]+)", line (\d+)')
OUT_OF_MEMORY = ("can't allocate memory", "not enough memory", "out of memory", "cublas_status_alloc_failed")


def examine(error: BaseException, seen: "Failures") -> FailureFacts:
    """What is known of an exception, from its frames, the graph, and what was remembered."""
    frames = frames_of(error)
    person, creations = seen.session.person, seen.session.creations
    theirs = of_person(frames, person)
    stack = running(frames)
    root = next((entry for entry in stack if next(entry.module.parameters(), None) is not None), None)
    starved = is_memory(error)
    stack = stack[stack.index(root) :] if root else []
    layers = layers_of(root, creations) if root and not starved else ()
    loss = next((entry for entry in frames if entry.function in LOSSES and in_torch(entry, "nn", "functional.py")), None)
    during = stage(frames, root, loss, seen)
    where = [person.where(place(entry)) for entry in theirs]
    given = rows_given(root)
    usual = seen.rows.most_common(1)[0][0] if seen.rows else None
    facts = FailureFacts(
        type=type(error).__name__,
        message=text_of(error),
        library=(origin := library(error, frames, theirs)),
        version=str(getattr(sys.modules.get(origin), "__version__", "")),
        where=in_worker(error, person) or (where[0] if where else None),
        callers=tuple(entry for entry in where[1:5] if entry is not None),
        during=during,
        expression=expression(theirs[0])[:200] if theirs else "",
        operation=operation(frames, loss),
        operands=tuple(operand_facts(frames, theirs, loss, seen)),
        layer=failing_layer(stack, layers, creations),
        layers=layers,
        rows=given,
        usual_rows=usual,
        items=items(frames),
    )
    facts = facts.model_copy(update=dict(zip(("places", "related"), context(text_of(error), frames, loss, seen), strict=True)))
    caught = seen.session.watch.caught if seen.session.watch is not None else None
    return facts if caught is None else caught.told(error, facts)


def text_of(error: BaseException) -> str:
    """The message, shortened."""
    try:
        return str(error)[:MOST_TEXT]
    except Exception as second:  # noqa: BLE001 - an exception of the person's own whose text cannot be made
        return f"<no text: {type(second).__name__}>"


def is_memory(error: BaseException) -> bool:
    """Whether memory ran out."""
    said = text_of(error).lower()
    return isinstance(error, MemoryError | torch.OutOfMemoryError) or any(sign in said for sign in OUT_OF_MEMORY)


def stage(frames: list[Seen], root: Running | None, loss: Seen | None, seen: "Failures") -> During:
    """What the program was about when it failed."""
    if loss is not None:
        return "loss"
    if seen.session.present.backward is not None or any(in_torch(entry, "autograd") for entry in frames):
        return "backward"
    if root is not None:
        return "model"
    if any(in_torch(entry, "utils", "data") for entry in frames):
        return "data"
    return "step" if any(in_torch(entry, "optim") for entry in frames) else "other"


def library(error: BaseException, frames: list[Seen], theirs: list[Seen]) -> str:
    """Who raised it. An error of compiled code shows in the person's own line: there, what went in tells."""
    if not frames:
        return "python"
    last = frames[-1]
    if theirs and last.frame is theirs[0].frame:
        source = expression(last) or ""
        if source == "" or source.startswith(("raise", "assert")):
            return "program"
        kinds = {type(value).__module__.partition(".")[0] for _, value in operands(last)}
        named = type(error).__module__.partition(".")[0]
        if named in ("torch", "numpy"):
            return named
        kinds.add(owner(last))
        return next((kind for kind in ("torch", "numpy", "sklearn") if kind in kinds), "python")
    parts = last.file.replace("\\", "/").split("/")
    for folder in ("site-packages", "dist-packages"):
        if folder in parts:
            return parts[parts.index(folder) + 1].removesuffix(".py")
    return "python"


def operation(frames: list[Seen], loss: Seen | None) -> str:
    """The name of the innermost function of torch that a person would know."""
    if loss is not None:
        return loss.function
    for entry in reversed(frames):
        if in_torch(entry, "nn", "functional.py") and not entry.function.startswith("_"):
            return entry.function
        if entry.function in ("load_state_dict", "default_collate", "backward"):
            return entry.function
    return ""


def operand_facts(frames: list[Seen], theirs: list[Seen], loss: Seen | None, seen: "Failures") -> list[OperandFacts]:
    """What went into the operation: the arguments of the loss or of a function of torch, else what the person's line names."""
    if loss is not None:
        return [OperandFacts(name=name, tensor=describe(loss.names.get(name))) for name in ("input", "target")]
    inner = next((entry for entry in reversed(frames) if in_torch(entry, "nn", "functional.py")), None)
    if inner is not None and (not theirs or frames.index(inner) > frames.index(theirs[0])):
        names = [(name, inner.names.get(name)) for name in ("input", "weight", "query", "key", "value", "tensor")]
        return [OperandFacts(name=name, tensor=describe(value)) for name, value in names if isinstance(value, torch.Tensor)]
    del seen
    found = operands(theirs[0]) if theirs else []
    return [OperandFacts(name=name, tensor=described(value)) for name, value in found]


def described(value: Any) -> TensorFacts:
    """A tensor, or an array, in plain numbers."""
    if isinstance(value, torch.Tensor):
        return describe(value)
    return TensorFacts(shape=tuple(getattr(value, "shape", ())), dtype=str(getattr(value, "dtype", type(value).__name__)))


def rows_given(root: Running | None) -> int | None:
    """The first axis of what the model was given."""
    if root is None:
        return None
    first = next(tensors_in((root.args, root.kwargs)), None)
    return None if first is None or first.dim() == 0 else int(first.shape[0])


def items(frames: list[Seen]) -> tuple[TensorFacts, ...]:
    """The examples that were to be put into one batch, where that is what failed."""
    for entry in reversed(frames):
        batch = entry.names.get("batch") if "collate" in entry.file else None
        if isinstance(batch, list | tuple):
            return tuple(described(part) for part in batch[:MOST_ITEMS])
    return ()


def in_worker(error: BaseException, person: Person) -> Where | None:
    """The person's line in the traceback that a worker of a data loader sent along."""
    text = text_of(error)
    if "worker process" not in text:
        return None
    lines = [(file, int(line)) for file, line in FILE.findall(text) if person.owns(file)]
    return person.where(lines[-1]) if lines else None
