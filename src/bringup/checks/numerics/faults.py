"""What kind of fault made a value that is not finite: exactly one, so that exactly one check speaks of it."""

import math
from enum import StrEnum

from bringup.record import NonFiniteFacts, OperandFacts, OriginFacts, Record, TensorFacts

HUGE = 1e15  # an operand of this size comes of a training that has left all bounds, not of the operation that overflows at last
DIVERGED = 1e3  # times its first size, and a loss has diverged
GROWING = 10.0  # times its first size: an ordinary operation that overflows then has been driven there
LOG = frozenset({"log", "log2", "log10", "log1p", "logit", "xlogy", "kl_div"})
ROOT = frozenset(
    {"sqrt", "norm", "linalg_vector_norm", "vector_norm", "std", "var", "pow", "acos", "arccos", "asin", "arcsin", "cdist",
     "euclidean_dist", "pairwise_distance", "dist", "acosh", "atanh"}
)  # fmt: skip
DIVISION = frozenset(
    {"div", "truediv", "rtruediv", "itruediv", "true_divide", "divide", "rdiv", "idiv", "reciprocal", "rsqrt", "floor_divide",
     "floordiv", "fmod", "remainder", "mod"}
)  # fmt: skip
EXP = frozenset({"exp", "exp2", "expm1", "cosh", "sinh", "poisson_nll_loss", "special_expm1"})
POWER = frozenset({"pow", "rpow", "ipow", "float_power"})
COUNTED = frozenset({"cross_entropy", "nll_loss", "mean", "nanmean", "std", "var", "median"})
ROUNDED = frozenset({"float16"})


class Fault(StrEnum):
    """The kinds."""

    DATA = "data"
    DIVERGED = "diverged"
    EXPLODED = "exploded"
    LOG = "log"
    ROOT = "root"
    DIVISION = "division"
    EXP = "exp"
    HALF = "half"
    OTHER = "other"
    UNKNOWN = "unknown"


def broken_by(record: Record, fault: Fault) -> tuple[NonFiniteFacts, OriginFacts] | None:
    """What broke, and what broke it, where it is of this kind.

    Raises:
        NotApplicable: if no program was watched.
    """
    record.need("program")
    facts = record.non_finite
    if facts is None or facts.origin is None or fault_of(facts) is not fault:
        return None
    return facts, facts.origin


def fault_of(facts: NonFiniteFacts) -> Fault:
    """The kind of fault."""
    origin = facts.origin
    if origin is not None and origin.phase == "prepared":
        return of_preparation(origin)
    if facts.inputs or (origin is not None and origin.phase == "given"):
        return Fault.DATA
    if facts.growth > DIVERGED:
        return Fault.DIVERGED
    if origin is None or origin.phase == "weights":
        return Fault.UNKNOWN
    if origin.phase == "backward":
        return of_gradient(origin)
    if origin.phase == "update":
        if origin.dtype in ROUNDED:
            return Fault.HALF
        return Fault.DIVERGED if largest(origin.operands[:1]) > HUGE else Fault.OTHER
    fault = of_result(origin)
    return Fault.DIVERGED if fault is Fault.OTHER and facts.growth > GROWING else fault


def of_preparation(origin: OriginFacts) -> Fault:
    """The kind of a fault that was made while the data were prepared; of it the function alone is known."""
    function = origin.operation
    if function in LOG:
        return Fault.LOG
    if function in DIVISION or function in COUNTED:
        return Fault.DIVISION
    if function == "cast":
        return Fault.HALF
    return Fault.EXP if function in EXP else Fault.OTHER


def of_gradient(origin: OriginFacts) -> Fault:
    """The kind of a fault of the backward pass."""
    function = origin.operation
    if (origin.largest_gradient or 0.0) > HUGE:
        return Fault.EXPLODED
    if function in LOG:
        return Fault.LOG
    if function in DIVISION:
        return Fault.DIVISION
    if function in ROOT:
        return Fault.ROOT
    if function in EXP:
        return Fault.EXP
    return Fault.HALF if origin.dtype in ROUNDED else Fault.OTHER


def of_result(origin: OriginFacts) -> Fault:
    """The kind of a fault of the forward pass."""
    function, operands = origin.operation, origin.operands
    if origin.empty or (function in COUNTED and largest(operands) < HUGE):
        return Fault.DIVISION
    if function in LOG and lowest(operands) <= (-1 if function == "log1p" else 0):
        return Fault.LOG
    if function in DIVISION and has_zero(divisor(origin)):
        return Fault.DIVISION
    if function in EXP and largest(operands) < HUGE:
        return Fault.HALF if origin.dtype in ROUNDED and largest(operands) < 88 else Fault.EXP
    if function in POWER and len(operands) > 1:
        return of_power(operands)
    if largest(operands) > HUGE:
        return Fault.DIVERGED
    return Fault.HALF if origin.dtype in ROUNDED and origin.value != "nan" else Fault.OTHER


def of_power(operands: tuple[OperandFacts, ...]) -> Fault:
    """The kind of a power that is not finite."""
    base, exponent = operands[0].tensor, operands[1].tensor
    if (exponent.minimum or 0.0) < 0 and has_zero(base):
        return Fault.DIVISION
    if (base.minimum or 0.0) < 0 and not exponent.whole and (exponent.minimum or 0.0) % 1:
        return Fault.OTHER
    if size(base) > HUGE:
        return Fault.DIVERGED
    return Fault.HALF if base.dtype in ROUNDED else Fault.EXP


def divisor(origin: OriginFacts) -> TensorFacts:
    """What was divided by."""
    one = origin.operation in ("reciprocal", "rsqrt", "rtruediv", "rdiv")
    return origin.operands[0 if one or len(origin.operands) < 2 else 1].tensor if origin.operands else TensorFacts()


def has_zero(facts: TensorFacts) -> bool:
    """Whether zero is among the values."""
    return facts.zeros > 0 or (facts.minimum == 0 and facts.maximum == 0)


def size(facts: TensorFacts) -> float:
    """The largest value by size."""
    return max(abs(facts.minimum or 0.0), abs(facts.maximum or 0.0))


def largest(operands: tuple[OperandFacts, ...]) -> float:
    """The largest value by size that went in."""
    return max((size(entry.tensor) for entry in operands), default=0.0)


def lowest(operands: tuple[OperandFacts, ...]) -> float:
    """The smallest value that went in."""
    return min((entry.tensor.minimum for entry in operands if entry.tensor.minimum is not None), default=math.inf)


def told(facts: NonFiniteFacts, origin: OriginFacts) -> str:
    """One sentence: the operation, what went in, what came out, when."""
    ranges = [
        f"{entry.name} from {entry.tensor.minimum:.4g} to {entry.tensor.maximum:.4g}"
        for entry in origin.operands[:2]
        if entry.tensor.minimum is not None and entry.tensor.maximum is not None
    ]
    given = f" with {' and '.join(ranges)}" if ranges else ""
    if origin.phase == "prepared":
        made = f"`{origin.operation}` made values that are not finite while the data were prepared"
        return f"{made}, and the loss is {facts.value} at step {facts.step}"
    made = "the gradient of" if origin.phase == "backward" else ""
    step = facts.trace if facts.trace is not None else facts.step
    ended = f"the loss is {facts.value} at step {facts.step}"
    return f"{made} `{origin.operation}`{given} is {origin.value} at step {step}, and {ended}".strip()
