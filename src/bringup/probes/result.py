"""The answer of a probe."""

from typing import Literal

from bringup.findings import Confirmation, Frozen
from bringup.record import Series

Shape = Literal["goes-up", "explodes", "oscillates", "plateaus", "converges"]
Answer = Literal["yes", "no", "unclear"]


class ProbeResult(Frozen):
    """One experiment: one thing changed, trained again, compared.

    `before` and `after` are the quantity that the question is about (most often the last loss on the frozen batch) without and
    with
    the change.
    """

    probe: str
    question: str
    quantity: str
    before: float | None
    after: float | None
    answer: Literal["yes", "no", "unclear"]
    meaning: str
    shape: Shape | None = None
    steps: int = 0
    series: Series | None = None

    @property
    def confirmation(self) -> Confirmation:
        """As a finding carries it."""
        return Confirmation(
            probe=self.probe,
            question=self.question,
            before=self.before,
            after=self.after,
            answer=self.answer,
            quantity=self.quantity,
        )
