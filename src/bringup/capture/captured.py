"""What a watched program left behind, read back."""

import io
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from bringup.record import Record, read_record

if TYPE_CHECKING:
    import numpy as np

CAPTURE = "capture.json"
SAMPLES = "samples.npz"


@dataclass(frozen=True)
class Captured:
    """What was noted while the program ran.

    Attributes:
        record: The sections that the observers filled.
        samples: Arrays by name: `site0/input`, `site0/output`, `site0/target`, with the same number of rows within a site.
    """

    record: Record
    samples: "dict[str, np.ndarray]" = field(default_factory=dict)


def read_capture(folder: Path) -> Captured | None:
    """Read what a session saved; None where it saved nothing.

    Raises:
        BringupError: if the files cannot be read.
    """
    if not (folder / CAPTURE).exists():
        return None
    return Captured(read_record(folder / CAPTURE), unpacked((folder / SAMPLES).read_bytes()))


def unpacked(content: bytes) -> "dict[str, np.ndarray]":
    """The arrays of a npz file."""
    if not content:
        return {}
    import numpy as np

    with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
        return {name: arrays[name] for name in arrays.files}
