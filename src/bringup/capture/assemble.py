"""From what was captured to a record: the data that the program was seen to use are analysed after its end, without torch."""

from bringup.capture.captured import Captured
from bringup.record import ProgramFacts, Record


def assemble(captured: Captured, program: ProgramFacts) -> Record:
    """Return the record of a watched program."""
    record = captured.record.with_(program=program, origin="capture")
    if not captured.samples:
        return record
    from bringup.capture.analysis.table import analyse

    sections, troubles = analyse(captured)
    return record.with_(**sections, program=program.model_copy(update={"troubles": troubles}))
