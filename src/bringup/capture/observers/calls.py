"""Where the model is called: from which line, in which mode, with what."""

from dataclasses import dataclass, field
from typing import Any

from bringup.capture.events import ModelCall, Site
from bringup.capture.observer import Observer
from bringup.capture.source.answers import argmax_line
from bringup.capture.torch.kinds import library_of
from bringup.capture.torch.tensors import describe, tensors_in
from bringup.record import CallFacts, TensorFacts

MOST_SITES = 100


@dataclass(slots=True)
class Noted:
    """What is noted of one place."""

    site: Site
    dropout: tuple[str, ...]
    batch_norm: tuple[str, ...]
    frozen: tuple[str, ...]
    inputs: int = 0
    first_step: int = 0
    input: TensorFacts = field(default_factory=TensorFacts)
    output: TensorFacts = field(default_factory=TensorFacts)


class Calls(Observer):
    """Fills `calls`; what is counted, the site counts itself."""

    in_windows = frozenset({"on_call"})

    def __init__(self, session: Any) -> None:
        super().__init__(session)
        self.noted: dict[int, Noted] = {}

    def on_call(self, call: ModelCall) -> None:
        """Look at the first call of each place."""
        if call.site.number not in self.noted and len(self.noted) < MOST_SITES:
            self.noted[call.site.number] = first_of(call)

    def facts(self) -> dict[str, Any]:
        """The places, in the order of their first calls."""
        return {"calls": tuple(self.frozen(noted) for noted in self.noted.values())} if self.noted else {}

    def frozen(self, noted: Noted) -> CallFacts:
        """One place, as the record holds it."""
        site, where = noted.site, self.session.person.where
        places = [where(place) for place in site.places]
        return CallFacts(
            site=site.number,
            where=places[0] if places else None,
            callers=tuple(place for place in places[1:] if place is not None),
            model=site.root.name,
            model_number=site.root.number,
            use="train" if site.trained else "evaluate",
            calls=site.calls,
            passes=site.passes,
            training=site.training,
            with_grad=site.calls if site.grad else 0,
            rows=site.rows,
            dropout=noted.dropout,
            batch_norm=noted.batch_norm,
            frozen=noted.frozen,
            input=noted.input,
            inputs=noted.inputs,
            output=noted.output,
            first_step=noted.first_step,
            last_step=site.last_step,
            argmax=where(argmax_line(next(iter(site.places), None))) if noted.output.shape[1:] == (1,) else None,
        )


def first_of(call: ModelCall) -> Noted:
    """Look closely at the first call of a place."""
    library = library_of(call.module)
    parts = [(name or type(part).__name__, part) for name, part in library.parts(call.module)]
    dropout = [(name, part) for name, part in parts if library.is_dropout(part)]
    norms = [(name, part) for name, part in parts if library.batch_norm(part)]
    return Noted(
        site=call.site,
        dropout=tuple(name for name, _ in dropout),
        batch_norm=tuple(name for name, _ in norms),
        frozen=tuple(name for name, part in (*dropout, *norms) if library.in_training(part, call.training) != call.training),
        inputs=sum(1 for _ in tensors_in((call.args, call.kwargs))),
        first_step=call.step,
        input=describe((call.args, call.kwargs)),
        output=describe(call.output),
    )
