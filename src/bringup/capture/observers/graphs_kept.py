"""Graphs of earlier calls that are still alive, and what keeps them."""

from dataclasses import dataclass, field
from typing import Any
from weakref import ReferenceType

from bringup.capture.events import ModelCall, Site, Step, Token
from bringup.capture.observer import Observer
from bringup.capture.source.person import Place
from bringup.capture.torch.keepers import keeper
from bringup.record import KeptFacts

MANY = 20  # graphs that are alive, and worth a search for what keeps them
MOST_LOOKS = 400


@dataclass(slots=True)
class Noted:
    """The graphs of one place."""

    site: Site
    counts: list[int] = field(default_factory=list)
    steps: list[int] = field(default_factory=list)
    calls: int = 0
    searched: int = 0
    place: Place | None = None


def calls_before(tokens: set[ReferenceType[Token]], step: int) -> int:
    """How many calls before a step the tokens stand for that are alive."""
    alive = [token for entry in list(tokens) if (token := entry()) is not None]
    return sum(token.worth for token in alive if token.step < step)


class GraphsKept(Observer):
    """Fills `kept`: a token in each graph is referred to weakly, and lives as long as the graph."""

    close_only = frozenset({"after_step"})
    in_windows = frozenset({"on_call"})

    def __init__(self, session: Any) -> None:
        super().__init__(session)
        self.noted: dict[int, Noted] = {}

    def on_call(self, call: ModelCall) -> None:
        """Take in a place."""
        if call.site.marked and call.site.number not in self.noted:
            self.noted[call.site.number] = Noted(call.site)

    def after_step(self, step: Step) -> None:
        """Count what is alive of earlier steps."""
        self.count(step.step)

    def after_breath(self, step: int) -> None:
        """Count it where nobody is told of steps, too."""
        self.count(step)

    def count(self, step: int) -> None:
        """Count at each place, once a step."""
        for noted in self.noted.values():
            if len(noted.counts) < MOST_LOOKS and (not noted.steps or step > noted.steps[-1]):
                self.look(noted, step)

    def look(self, noted: Noted, step: int) -> None:
        """Count at one place; search for what keeps so many, a few times."""
        old = max(calls_before(noted.site.alive, step - 1), calls_before(noted.site.rooted, step - 1))
        noted.counts.append(old)
        noted.steps.append(step)
        noted.calls = noted.site.marked
        if old >= MANY * (1 + noted.searched) and noted.searched < 3 and noted.place is None:
            noted.searched += 1
            noted.place = keeper(noted.site, self.session.person, step - 1)

    def facts(self) -> dict[str, Any]:
        """The places that were called with gradients on."""
        where = self.session.person.where
        found = [
            KeptFacts(
                call=where(noted.site.places[0]) if noted.site.places else None,
                where=where(noted.place),
                calls=noted.calls,
                alive=tuple(noted.counts),
                steps=tuple(noted.steps),
                trained=noted.site.trained > 0,
            )
            for noted in self.noted.values()
            if any(noted.counts)
        ]
        return {"kept": tuple(found)} if self.noted else {}
