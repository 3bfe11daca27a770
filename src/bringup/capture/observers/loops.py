"""Loops over evaluation batches: read in the person's source, where more than one batch was seen to go through."""

from typing import Any

from bringup.capture.events import ModelCall, Site
from bringup.capture.observer import Observer
from bringup.capture.source.loops import Trouble, troubles_at
from bringup.capture.source.syntax import tree_of
from bringup.record import LoopFacts


class Loops(Observer):
    """Fills `loops`."""

    in_windows = frozenset({"on_call"})

    def __init__(self, session: Any) -> None:
        super().__init__(session)
        self.sites: dict[int, Site] = {}
        self.batches: dict[Any, int | None] = {}
        self.loader: Any = None

    def on_loader(self, loader: Any, place: Any) -> None:
        """A pass over a loader begins."""
        del place
        self.loader = loader

    def on_call(self, call: ModelCall) -> None:
        """Note how many batches a pass should have; the site counts its calls."""
        number = call.site.number
        if call.new_pass or call.begins:
            self.sites[number] = call.site
            try:
                self.batches[number] = len(self.loader) if self.loader is not None else None
            except Exception:  # noqa: BLE001 - `__len__` of the person's may raise anything
                self.batches[number] = None

    def facts(self) -> dict[str, Any]:
        """What was found in the source around places that only evaluate."""
        found = []
        for number, site in self.sites.items():
            if not site.trained:
                found += self.read(number, site)
        return {"loops": tuple(found)} if found else {}

    def read(self, number: int, site: Site) -> list[LoopFacts]:
        """The troubles of the innermost loop around a place; the loop may stand in a caller."""
        for filename, line in site.places:
            tree = tree_of(filename)
            troubles = troubles_at(tree, line) if tree is not None else None
            if troubles is not None:  # loops further out are over epochs, or over models
                return [self.fact(number, filename, trouble) for trouble in troubles if self.is_real(number, trouble)]
        return []

    def is_real(self, number: int, trouble: Trouble) -> bool:
        """Whether the loop was seen to go through several batches, or to leave in the first of several."""
        batches = self.sites[number].most
        return batches == 1 and (self.batches.get(number) or 0) > 1 if trouble.kind == "returned" else batches > 1

    def fact(self, number: int, filename: str, trouble: Trouble) -> LoopFacts:
        """One trouble, as the record holds it."""
        return LoopFacts(
            site=number,
            kind=trouble.kind,
            where=self.session.person.where((filename, trouble.line)),
            variable=trouble.variable,
            batches=self.sites[number].most,
            expected=self.batches.get(number),
        )
