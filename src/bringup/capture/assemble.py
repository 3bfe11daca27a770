"""From what was captured to a record: the data that the program was seen to use are analysed here, after its end, without torch."""

from bringup.capture.captured import Captured
from bringup.record import ProgramFacts, Record


def assemble(captured: Captured, program: ProgramFacts) -> Record:
    """Return the record of a watched program."""
    return captured.record.with_(program=program, origin="capture")
