"""Operations kept away from where their result or their derivative is infinite."""

from typing import Any, ClassVar

import torch

from bringup.probes.trial.changes.operations import AS_IT_IS, ChangedOperations

TINY = 1e-6  # the smallest argument
SMALL = 1e-12  # of a square: its root is `TINY`
MOST_EXPONENT = 60.0  # float32 ends near exp(88)
LOGARITHMS = frozenset({"log", "log2", "log10"})
DIVISIONS = frozenset({"div", "truediv", "true_divide", "divide", "rtruediv", "rdiv", "reciprocal"})
NORMS = frozenset({"norm", "vector_norm", "linalg_vector_norm", "std"})


class FiniteOperations(ChangedOperations):
    """Adds next to nothing to the arguments of logarithms, roots and divisors, and bounds what is exponentiated.

    A value that was well inside stays what it was to the sixth digit.
    """

    names: ClassVar[frozenset[str]] = LOGARITHMS | DIVISIONS | NORMS | {"sqrt", "exp", "rsqrt", "pow"}

    def change(self, name: str, function: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """The same operation on safe arguments."""
        if not args or not isinstance(args[0], torch.Tensor) or not args[0].is_floating_point() or "out" in kwargs:
            return AS_IT_IS
        given, rest = args[0], args[1:]
        if name in LOGARITHMS:
            return function(given.clamp(min=TINY), *rest, **kwargs)
        if name in ("sqrt", "rsqrt"):
            return function(given.clamp(min=0) + SMALL, *rest, **kwargs)
        if name == "pow" and rest and isinstance(rest[0], float) and rest[0] < 1:
            return function(given.clamp(min=0) + SMALL, *rest, **kwargs)
        if name == "exp":
            return function(given.clamp(max=MOST_EXPONENT), *rest, **kwargs)
        if name in DIVISIONS:
            return self.divided(name, function, args, kwargs)
        return rooted(name, given, rest, kwargs) if name in NORMS else AS_IT_IS

    def divided(self, name: str, function: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """A division by what is not 0."""
        inverse = name in ("rtruediv", "rdiv", "reciprocal")
        given, rest = args[0], args[1:]
        if inverse:
            return function(away(given), *rest, **kwargs)
        if rest and isinstance(rest[0], torch.Tensor):
            return function(given, away(rest[0]), *rest[1:], **kwargs)
        return AS_IT_IS


def away(divisor: torch.Tensor) -> torch.Tensor:
    """A divisor with what is nearly 0 replaced by the smallest argument."""
    return torch.where(divisor.abs() < TINY, torch.full_like(divisor, TINY), divisor)


def rooted(name: str, given: torch.Tensor, rest: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """A Euclidean norm or a spread whose derivative is finite at 0."""
    options = dict(kwargs)
    order = options.pop("p", options.pop("ord", None))
    if name != "std" and rest:
        order, rest = rest[0], rest[1:]
    if order not in (None, 2, 2.0, "fro") or options.pop("dtype", None) is not None:
        return AS_IT_IS
    if name == "std":
        return (given.var(*rest, **options) + SMALL).sqrt()
    axis = options.pop("dim", rest[0] if rest else None)
    keep = options.pop("keepdim", rest[1] if len(rest) > 1 else False)
    squares = given.square()
    return ((squares.sum() if axis is None else squares.sum(dim=axis, keepdim=keep)) + SMALL).sqrt()
