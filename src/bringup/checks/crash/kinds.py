"""What kind of failure an exception is: exactly one, so that exactly one check explains it."""

import re
from enum import StrEnum

from bringup.record import FailureFacts, Record, TensorFacts


class Kind(StrEnum):
    """The kinds, in the order in which they are looked for."""

    MEMORY = "memory"
    DEVICE = "device"
    STATE_DICT = "state dict"
    COLLATE = "collate"
    BATCH_OF_ONE = "batch of one"
    TWICE = "backward twice"
    IN_PLACE = "changed in place"
    NO_GRADIENT = "no gradient"
    LOSS_SHAPES = "loss shapes"
    INDEX = "index"
    DTYPE = "dtype"
    RAGGED = "ragged batch"
    LAYER_SHAPE = "shape in a layer"
    OPERATION_SHAPE = "shapes of an operation"
    OTHER = "other"


# What torch says. These are texts of the library, the same in every program.
SAID: dict[Kind, str] = {
    Kind.MEMORY: r"can't allocate memory|out of memory|not enough memory|Unable to allocate|CUBLAS_STATUS_ALLOC_FAILED",
    Kind.DEVICE: r"same device|expected device|not compiled with CUDA|No CUDA GPUs|NVIDIA driver|on a CUDA device"
    r"|device type tensor to numpy|Input type \(.*cuda|weight type \(.*cuda|two devices|MPS backend"
    r"|PyTorch is not linked with support for",
    Kind.STATE_DICT: r"loading state_dict|loaded state dict",
    Kind.COLLATE: r"batch must contain tensors|each element in list of batch should|resize storage that is not resizable",
    Kind.BATCH_OF_ONE: r"more than 1 (value per channel|spatial element) when training",
    Kind.TWICE: r"backward through the graph a second time",
    Kind.IN_PLACE: r"modified by an inplace operation|being used in an in-place operation",
    Kind.NO_GRADIENT: r"does not require grad and does not have a grad_fn",
    Kind.LOSS_SHAPES: r"input batch_size|multi-target not supported|Target size|Using a target size|Expected target size"
    r"|only for scalar outputs|only batches of spatial targets|target with class probabilities|same number of dimensions, got"
    r"|input and target batch|[Ee]xpected target (?!dtype)|`target` and `output` must have the same",
    Kind.INDEX: r"out of bounds|index out of range|out of DATA bounds|Class values must be|not in the valid range"
    r"|device-side assert",
    Kind.DTYPE: r"same dtype|share same datatype|scalar type|[Ff]ound dtype|does not match weight dtype|target dtype"
    r"|not implemented for '|desired output type|could not infer output dtype|Input type \(|np\.ndarray of type"
    r"|floating point (and complex )?dtype can require|integer tensors to a power|tensors used as indices|dtype mismatch"
    r"|following scalar types|must be Tensor, not|to be of floating point type",
}
SHAPES = (
    r"shapes cannot be multiplied|channels, but got|size of tensor a|Sizes of tensors must match|invalid for input of size"
    r"|size mismatch|should contain \d+ elements|expected \d(-?D| or).* input|normalized_shape|[Hh]idden(\[\d\])? size"
    r"|input_size|equal to the number of channels|weight size|too small|can't be greater than actual input|equal size"
    r"|does not broadcast|must match the existing size|number of dimensions|size is not compatible|shape mismatch"
    r"|inconsistent tensor size|expected input\[|must be divisible|Expected \dD|invalid shape|Expected size|dimension"
    r"|is incompatible with the layer|incompatible shapes|must match"
)


def failure(record: Record) -> FailureFacts | None:
    """The exception that ended the program; None where it did not end by one.

    Raises:
        NotApplicable: if no program was watched.
    """
    record.need("program")
    return record.failure


def failed_by(record: Record, kind: Kind) -> FailureFacts | None:
    """The exception that ended the program, where it is of this kind.

    Raises:
        NotApplicable: if no program was watched.
    """
    facts = failure(record)
    return facts if facts is not None and kind_of(facts) is kind else None


def kind_of(facts: FailureFacts) -> Kind:
    """The kind of an exception."""
    if facts.type in ("OutOfMemoryError", "MemoryError"):
        return Kind.MEMORY
    if facts.items:
        return Kind.COLLATE
    said = first_lines(facts)
    if facts.library in ("program", "python") and facts.type not in ("IndexError", "RuntimeError", "ValueError", "TypeError"):
        return Kind.DEVICE if re.search(SAID[Kind.DEVICE], said) else Kind.OTHER
    if "worker process" in said and "collate" in facts.message:
        return Kind.COLLATE
    if facts.library == "program":
        return Kind.OTHER
    found = next((kind for kind, pattern in SAID.items() if re.search(pattern, said)), None)
    if found is not None:
        return Kind.OTHER if found in (Kind.INDEX, Kind.DTYPE) and not has_tensor(facts) else found
    return shape_kind(facts, said)


def shape_kind(facts: FailureFacts, said: str) -> Kind:
    """Where shapes do not fit: in the loss, for the last batch only, in a layer, or in an operation of the person's."""
    if not re.search(SHAPES, said) or not has_tensor(facts):
        return Kind.OTHER
    if facts.during == "loss":
        return Kind.LOSS_SHAPES
    if is_ragged(facts):
        return Kind.RAGGED
    return Kind.LAYER_SHAPE if facts.layer is not None else Kind.OPERATION_SHAPE


def first_lines(facts: FailureFacts) -> str:
    """The message without what torch adds below it."""
    return facts.message[:600]


def has_tensor(facts: FailureFacts) -> bool:
    """Whether tensors had to do with it."""
    return facts.library == "torch" or facts.layer is not None or bool(facts.operands)


def is_ragged(facts: FailureFacts) -> bool:
    """Whether this batch has another size than nearly all before, which went through."""
    return facts.rows is not None and facts.usual_rows is not None and facts.rows != facts.usual_rows


def operand(facts: FailureFacts, name: str) -> TensorFacts | None:
    """What went in under a name."""
    return next((entry.tensor for entry in facts.operands if entry.name == name), None)


def shapes(facts: FailureFacts) -> str:
    """What went in, with shapes: "`x` [32, 128] and `w` [64, 10]"."""
    return " and ".join(f"`{entry.name}` {list(entry.tensor.shape)}" for entry in facts.operands[:4])
