"""Evaluations that a model answers poorly, and what simple models make of their rows."""

from collections.abc import Iterator
from dataclasses import dataclass

from bringup.findings import Measurement
from bringup.record import AgreementFacts, Record


@dataclass(frozen=True)
class Tried:
    """An evaluation for which simple models were tried; the scores are those of `AgreementFacts`."""

    facts: AgreementFacts
    own: float
    there: float
    across: float

    def by_chance(self, errors: float) -> float:
        """The highest score that is chance, within so many standard errors."""
        return self.facts.chance + errors * self.facts.error

    def above_chance(self, share: float) -> float:
        """The score at which so much of what chance leaves is won."""
        return self.facts.chance + share * (1 - self.facts.chance)

    @property
    def evidence(self) -> tuple[Measurement, ...]:
        """The scores."""
        return (
            Measurement(name="score of simple models among training rows, cross-validated", value=self.own),
            Measurement(name="score of simple models among evaluated rows, cross-validated", value=self.there),
            Measurement(name="score from training rows to evaluated rows", value=self.across),
            Measurement(name="score of the model", value=self.facts.model),
            Measurement(name="chance", value=self.facts.chance),
        )


def tried(record: Record) -> Iterator[Tried]:
    """The evaluations whose rows lie where training rows do, and that the model answers poorly.

    Raises:
        NotApplicable: if there is no evaluation with known truths.
    """
    moved = {part.evaluate for part in record.parts or () if part.largest_shift >= 1}
    for facts in record.need("agreements"):
        if facts.judged not in moved and facts.own is not None and facts.there is not None and facts.across is not None:
            yield Tried(facts, facts.own, facts.there, facts.across)
