"""Empty a pipe as fast as it fills: a program that prints must never wait for us."""

import math
import os
import selectors
import threading
import time
from collections.abc import Callable
from typing import IO

PIECE_BYTES = 1 << 16
LONGEST_SECONDS = 2.0  # that a pipe is read after its program has ended, where somebody else keeps it open


class Pump:
    """A thread that reads a pipe to its end and hands on what it reads.

    Args:
        keep: Given every piece.
        show: Given every piece too, until it raises; the pipe is emptied all the same.
    """

    def __init__(self, pipe: IO[bytes], keep: Callable[[bytes], None], show: Callable[[bytes], None] | None = None) -> None:
        self.pipe, self.keep, self.show = pipe, keep, show
        self.trouble: Exception | None = None
        self.until = math.inf
        self.thread = threading.Thread(target=self.run, name="bringup-pump", daemon=True)
        self.thread.start()

    def run(self) -> None:
        """Read until the pipe is closed by all who hold it, or until told that nobody matters any more."""
        with selectors.DefaultSelector() as selector:
            selector.register(self.pipe, selectors.EVENT_READ)
            while time.monotonic() < self.until:
                if not selector.select(timeout=0.1):
                    if self.until < math.inf:
                        return
                    continue
                piece = os.read(self.pipe.fileno(), PIECE_BYTES)
                if not piece:
                    return
                self.hand_on(piece)

    def hand_on(self, piece: bytes) -> None:
        """Keep a piece, and show it."""
        self.keep(piece)
        if self.show is not None:
            try:
                self.show(piece)
            except Exception as error:  # noqa: BLE001 - raised in the end, by `complain`
                self.trouble, self.show = error, None

    def finish(self) -> None:
        """Read what is still in the pipe of a program that has ended, and close it."""
        self.until = time.monotonic() + LONGEST_SECONDS
        self.thread.join()
        self.pipe.close()

    def complain(self) -> None:
        """Raise what `show` raised."""
        if self.trouble is not None:
            raise self.trouble
