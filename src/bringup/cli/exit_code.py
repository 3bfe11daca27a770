"""What the shell is told, by every command alike."""

from enum import IntEnum


class ExitCode(IntEnum):
    """The contract with scripts and CI. Documented in `docs/guide/exit-codes.md`."""

    FINE = 0
    FOUND = 1  # findings that are more than notes, or a failed gate
    WRONG_USE = 2  # wrong options, wrong configuration, unreadable data
    NOTHING = 3  # nothing to examine: no training was seen
    OUR_FAULT = 70  # a defect of bringup itself (EX_SOFTWARE of sysexits.h)
    INTERRUPTED = 130  # Ctrl-C, as shells report it
    PIPE_CLOSED = 141  # the reader went away (`| head`), as shells report it
