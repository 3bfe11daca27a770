"""What a program printed: its beginning, its end, and how much there was; bounded whatever it prints."""

import threading

MOST_BYTES = 32 * 1024  # kept of the beginning, and of the end


class Output:
    """Takes in pieces of any size from several threads and keeps the first and the last of them.

    Attributes:
        size: Bytes taken in so far, by stream.
    """

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self.most = most_bytes
        self.size: dict[str, int] = {"stdout": 0, "stderr": 0}
        self.first = bytearray()
        self.last = bytearray()
        self.lock = threading.Lock()

    def add(self, stream: str, piece: bytes) -> None:
        """Take in a piece."""
        with self.lock:
            self.size[stream] += len(piece)
            if (room := self.most - len(self.first)) > 0:
                self.first += piece[:room]
            self.last += piece[-self.most :]
            if len(self.last) > 2 * self.most:
                del self.last[: -self.most]

    @property
    def head(self) -> str:
        """The beginning of what was printed."""
        return readable(bytes(self.first))

    @property
    def tail(self) -> str:
        """The end of what was printed."""
        return readable(bytes(self.last[-self.most :]))


def readable(content: bytes) -> str:
    """Bytes as the text that a terminal would be left with: of a line that was drawn again and again, the last drawing."""
    lines = content.decode("utf-8", errors="replace").replace("\r\n", "\n").split("\n")
    return "\n".join(line.rstrip("\r").rpartition("\r")[2] for line in lines)
