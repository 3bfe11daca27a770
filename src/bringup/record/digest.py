"""Digests: the same content gives the same short name, on every machine."""

import hashlib
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from numpy.typing import NDArray

LENGTH = 16  # hex digits: 64 bits, ample to tell stages of one project apart


def digest(content: Any) -> str:
    """Return the digest of bytes, text, a numpy array (with shape and dtype), a file (`Path`), or anything JSON can say.

    Floats of an array are compared by their bytes, so a change in the last digit changes the digest. -0.0 counts as 0.0.
    """
    hasher = hashlib.blake2b(digest_size=LENGTH // 2)
    if isinstance(content, Path):
        with content.open("rb") as file:
            while block := file.read(1 << 20):
                hasher.update(block)
    elif is_array(content):
        array = cast("NDArray[Any]", content)
        if array.dtype.kind in "fc":
            array = array + array.dtype.type(0)
        hasher.update(f"{array.dtype.str}{array.shape}".encode())
        hasher.update(array.tobytes() if array.dtype != object else json.dumps(array.tolist(), default=str).encode())
    elif isinstance(content, bytes):
        hasher.update(content)
    elif isinstance(content, str):
        hasher.update(content.encode())
    else:
        hasher.update(json.dumps(content, sort_keys=True, default=str).encode())
    return hasher.hexdigest()


def is_array(content: Any) -> bool:
    """Whether this is a numpy array; numpy is not loaded to find out, because watching a program must not load it either."""
    numpy = sys.modules.get("numpy")
    return numpy is not None and isinstance(content, numpy.ndarray)
