"""The encoding of a text file, found from all of its bytes, and the file as UTF-8."""

import codecs
from dataclasses import dataclass
from pathlib import Path

from bringup.data.sources.magic import read_head
from bringup.data.sources.temporary import scratch, writing
from bringup.errors import BringupError

BLOCK = 1 << 20
CONTROL = bytes(set(range(32)) - {9, 10, 11, 12, 13, 26, 27})  # never in text; NUL is among them


@dataclass(frozen=True)
class Text:
    """A UTF-8 file, surveyed from end to end.

    Attributes:
        quotes: How many double quotes there are.
        returns: Carriage returns that no line feed follows.
        notes: What was found out about the encoding.
    """

    path: Path
    bytes: int
    quotes: int
    returns: int
    notes: tuple[str, ...] = ()


def as_utf8(path: Path) -> Text:
    """Return the file itself where it is UTF-8, else a scratch file with its text as UTF-8.

    Raises:
        BringupError: For binary data.
    """
    head = read_head(path)
    wide = _utf16(head)
    if wide:
        return _transcode(path, wide, "strict", f"encoding {wide}")
    _refuse_binary(head, path)
    text, valid = _survey(path)
    if valid:
        return text
    if _mostly_utf8(head):
        return _transcode(path, "utf-8", "replace", "a few bytes are no valid UTF-8 and were replaced by `\ufffd`")
    try:
        return _transcode(path, "cp1252", "strict", "encoding cp1252 (Windows Latin-1)")
    except BringupError:  # five of its codes stand for nothing
        return _transcode(path, "latin-1", "strict", "encoding latin-1")


def _utf16(head: bytes) -> str | None:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    sample = head[:4096]
    if len(sample) >= 4 and sample[1::2].count(0) > 0.4 * len(sample[1::2]) and sample[::2].count(0) == 0:
        return "utf-16-le"
    if len(sample) >= 4 and sample[::2].count(0) > 0.4 * len(sample[::2]) and sample[1::2].count(0) == 0:
        return "utf-16-be"
    return None


def _refuse_binary(head: bytes, path: Path) -> None:
    strange = len(head) - len(head.translate(None, CONTROL))
    if b"\0" in head or strange > 0.01 * len(head):
        raise BringupError(
            f"{path.name} is binary data that is not recognised as a table", do="save it as CSV, Parquet or JSON Lines"
        )


def _survey(path: Path) -> tuple[Text, bool]:
    """One pass over all bytes; 2 GB take a few seconds."""
    decoder, valid = codecs.getincrementaldecoder("utf-8")(), True
    size = quotes = returns = 0
    last = b""
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            if b"\0" in block:
                raise BringupError(
                    f"{path.name} is damaged: a NUL byte at offset {size + block.index(0):,}", do="fetch or write it again"
                )
            if valid:
                try:
                    decoder.decode(block)
                except UnicodeDecodeError:
                    valid = False
            size += len(block)
            quotes += block.count(b'"')
            if b"\r" in block or last == b"\r":
                returns += block.count(b"\r") - block.count(b"\r\n") - (last == b"\r" and block[:1] == b"\n")
            last = block[-1:]
    if valid:
        try:
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            valid = False
    return Text(path, size, quotes, returns), valid


def _mostly_utf8(head: bytes) -> bool:
    """Damaged UTF-8 still has many more whole sequences than broken ones; another encoding has hardly any whole one."""
    decoded = head.decode("utf-8", "replace")
    broken = decoded.count("\ufffd")
    return sum(character > "\x7f" for character in decoded) - broken > 3 * broken > 0


def _transcode(path: Path, encoding: str, errors: str, note: str) -> Text:
    target = scratch(path.name)
    decoder = codecs.getincrementaldecoder(encoding)(errors)
    with path.open("rb") as file, writing(), target.open("wb") as out:
        while True:
            block = file.read(BLOCK)
            try:
                out.write(decoder.decode(block, final=not block).encode("utf-8", "replace"))
            except UnicodeDecodeError as error:
                raise BringupError(f"{path.name} is not valid {encoding}", there=error.reason, do="save it as UTF-8") from error
            if not block:
                break
    survey, _ = _survey(target)
    return Text(target, survey.bytes, survey.quotes, survey.returns, (note,))
