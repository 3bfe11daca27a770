"""Operations whose result, or whose derivative, is infinite at some value."""

import re
from typing import Any

from bringup.capture.torch.graph import name_of, saved

RISKY = frozenset(
    {
        "log", "log2", "log10", "log1p", "logit", "xlogy", "sqrt", "rsqrt", "pow", "div", "reciprocal", "exp", "expm1", "norm",
        "linalg_vector_norm", "std", "var", "acos", "asin", "atanh", "acosh", "cosh", "sinh", "tan", "cumprod", "prod",
        "cdist", "euclidean_dist", "binary_cross_entropy", "poisson_nll_loss", "kl_div", "erfinv", "lgamma", "digamma", "fmod",
        "remainder",
    }
)  # fmt: skip


def function_of(name: str) -> str:
    """The function that a node differentiates: "SqrtBackward0" is of `sqrt`."""
    plain = re.sub(r"(Backward\d*|Grad)$", "", name)
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", plain).lower().lstrip("_")


def risky(nodes: list[Any]) -> list[tuple[str, int, Any]]:
    """The nodes of risky functions, each with its number among those of the same function: the same in every step."""
    counts: dict[str, int] = {}
    found = []
    for node in nodes:
        function = function_of(name_of(node))
        exponent = saved(node, "exponent") if function == "pow" else None
        if function in RISKY and not (isinstance(exponent, int | float) and exponent >= 1):
            counts[function] = counts.get(function, -1) + 1
            found.append((function, counts[function], node))
    return found
