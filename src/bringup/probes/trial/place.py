"""A line of the program, as a finding names it: where a change is made and nowhere else."""

from typing import Any

from bringup.capture.session import Session
from bringup.capture.source.person import Place


class Line:
    """One line of the person's program; any line where the options name none.

    Args:
        session: Whose program.
        options: "file", relative to the program's folder, and "line".
    """

    def __init__(self, session: Session, options: dict[str, Any]) -> None:
        self.session = session
        self.file, self.line = options.get("file"), options.get("line")

    @property
    def anywhere(self) -> bool:
        """Whether no line was named."""
        return self.line is None

    def holds(self, place: Place | None) -> bool:
        """Whether a place is on this line."""
        if self.line is None:
            return True
        if place is None or place[1] != self.line:
            return False
        where = self.session.person.where(place)
        return where is not None and where.file == self.file

    def here(self, depth: int = 2) -> bool:
        """Whether the innermost of the person's frames stands on this line."""
        return self.anywhere or self.holds(self.session.person.place(depth + 1))

    def among(self, depth: int = 2) -> bool:
        """Whether any of the person's frames stands on this line."""
        return self.anywhere or any(self.holds(place) for place in self.session.person.places(depth + 1))

    def built(self, thing: Any) -> bool:
        """Whether a thing was built on this line."""
        return self.anywhere or any(self.holds(place) for place in self.session.creations.places(thing))
