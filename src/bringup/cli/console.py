"""The two streams: results go to stdout, all else to stderr. Rich is loaded only when something is drawn."""

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console

PIECE = 1 << 16  # characters


def out() -> "Console":
    """Return the console for results. Plain text without a terminal or with NO_COLOR."""
    from rich.console import Console

    return Console(highlight=False, soft_wrap=not sys.stdout.isatty())


def err() -> "Console":
    """Return the console for progress and messages."""
    from rich.console import Console

    return Console(stderr=True, highlight=False, soft_wrap=not sys.stderr.isatty())


def write(text: str) -> None:
    """Write a result to stdout, byte for byte: no wrapping, no colour.

    In pieces, each flushed: an unbuffered stdout does not tell when a reader went away within one long write.
    """
    text = text if text.endswith("\n") else text + "\n"
    for start in range(0, len(text), PIECE):
        sys.stdout.write(text[start : start + PIECE])
        sys.stdout.flush()


def say(sentence: str) -> None:
    """Say one sentence on stderr, in the name of the program."""
    sys.stderr.write(f"bringup: {' '.join(sentence.split())}\n")
    sys.stderr.flush()
