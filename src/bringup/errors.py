"""What a person is told when the input, the options or the machine are wrong: one sentence, never a traceback."""


class BringupError(Exception):
    """Something that the person can mend: exit code 2.

    Args:
        what: What failed, without a final stop: "no column `incme` in adult.csv".
        there: What is there instead: "the nearest names are `income`, `age`".
        do: What to do: "name one of them with --target".
    """

    def __init__(self, what: str, *, there: str = "", do: str = "") -> None:
        self.what, self.there, self.do = what, there, do
        super().__init__("; ".join(part for part in (f"{what}: {there}" if there else what, do) if part))


class NotApplicable(Exception):  # noqa: N818 - an answer, not an error
    """Raised by a check that cannot judge this record; the reason is a clause: "the run did not record gradients"."""
