"""Learning-rate schedulers, and gradients that are clipped."""

import weakref
from collections.abc import Callable
from statistics import median
from typing import Any

import torch

from bringup.capture.observer import Observer
from bringup.capture.observers.optimizers import Optimizers
from bringup.capture.source.arguments import argument_lines
from bringup.capture.source.person import Place
from bringup.record import ClipFacts, SchedulerFacts

MOST = 50
MOST_NORMS = 500
LENGTHS: dict[str, Callable[[Any], int | None]] = {
    "OneCycleLR": lambda scheduler: scheduler.total_steps,
    "LinearLR": lambda scheduler: scheduler.total_iters,
    "ConstantLR": lambda scheduler: scheduler.total_iters,
    "PolynomialLR": lambda scheduler: scheduler.total_iters,
    "CosineAnnealingLR": lambda scheduler: scheduler.T_max,
}


class Noted:
    """One scheduler."""

    def __init__(self, scheduler: Any, place: Place | None, number: int) -> None:
        self.reference = weakref.ref(scheduler)
        self.kind = type(scheduler).__name__
        self.place, self.number = place, number
        self.lines = argument_lines(place)
        self.steps = 0
        self.first_at: int | None = None
        self.step_place: Place | None = None
        self.rates = rates_of(scheduler.optimizer)
        self.peak = max([*self.rates, *highest(scheduler)], default=0.0)
        self.by_optimizer = getattr(scheduler, "by_optimizer", False)  # it has no steps of its own
        length = LENGTHS.get(self.kind)
        self.planned = None if length is None else length(scheduler)


class Schedules(Observer):
    """Fills `schedulers` and `clips`."""

    def __init__(self, session: Any) -> None:
        super().__init__(session)
        self.noted: list[Noted] = []
        self.known: dict[int, Noted] = {}
        self.clips: dict[tuple[Place | None, float], list[float]] = {}
        self.clipped: dict[tuple[Place | None, float], list[int]] = {}
        self.peer: Optimizers | None = None

    def optimizers(self) -> Optimizers:
        """The observer of the optimizers."""
        self.peer = self.peer or next(entry for entry in self.session.observers if isinstance(entry, Optimizers))
        return self.peer

    def number_of(self, scheduler: Any) -> int:
        """The number of a scheduler's optimizer."""
        holdings = self.optimizers().holdings
        return next((n for n, holding in enumerate(holdings) if holding.reference() is scheduler.optimizer), 0)

    def on_scheduler(self, scheduler: Any, place: Place | None) -> None:
        """Take in a scheduler."""
        if len(self.noted) < MOST and id(scheduler) not in self.known:
            self.known[id(scheduler)] = noted = Noted(scheduler, place, self.number_of(scheduler))
            self.noted.append(noted)

    def on_schedule(self, scheduler: Any, place: Place | None, step: int) -> None:
        """Note a step of a scheduler."""
        del step
        noted = self.known.get(id(scheduler))
        if noted is None or noted.reference() is not scheduler:
            return
        noted.steps += 1
        noted.step_place = place
        if noted.first_at is None:
            holdings = self.optimizers().holdings
            noted.first_at = holdings[noted.number].windows.steps if noted.number < len(holdings) else None
        noted.rates = rates_of(scheduler.optimizer)
        noted.peak = max(noted.peak, *noted.rates)

    def on_clip(self, parameters: Any, limit: float, norm: torch.Tensor, place: Place | None, step: int) -> None:
        """Note the norm before clipping."""
        del parameters, step
        key = (place, float(limit))
        if key not in self.clips and len(self.clips) >= MOST:
            return
        counts = self.clipped.setdefault(key, [0, 0])
        norms = self.clips.setdefault(key, [])
        counts[0] += 1
        if len(norms) < MOST_NORMS or self.session.detail:
            value = float(norm)
            counts[1] += value > limit
            norms.append(value)

    def facts(self) -> dict[str, Any]:
        """All schedulers, and all places that clip."""
        where = self.session.person.where
        found: dict[str, Any] = {}
        if self.noted:
            found["schedulers"] = tuple(self.frozen(noted) for noted in self.noted)
        if self.clips:
            found["clips"] = tuple(
                ClipFacts(
                    where=where(place), limit=limit, calls=counts[0], looked=len(norms), clipped=counts[1], norm=median(norms)
                )
                for ((place, limit), norms), counts in zip(self.clips.items(), self.clipped.values(), strict=True)
            )
        return found

    def frozen(self, noted: Noted) -> SchedulerFacts:
        """One scheduler, as the record holds it."""
        where = self.session.person.where
        lines = {} if noted.place is None else {name: where((noted.place[0], line)) for name, line in noted.lines.items()}
        holdings = self.optimizers().holdings
        if noted.by_optimizer and noted.number < len(holdings) and (scheduler := noted.reference()) is not None:
            noted.steps, noted.rates = holdings[noted.number].windows.steps, rates_of(scheduler.optimizer)
        return SchedulerFacts(
            kind=noted.kind,
            where=where(noted.place),
            arguments={name: line for name, line in lines.items() if line is not None},
            optimizer=noted.number,
            steps=noted.steps,
            planned=noted.planned,
            first_at=noted.first_at,
            step_where=where(noted.step_place),
            peak=noted.peak,
            last=max(noted.rates, default=0.0),
        )


def rates_of(optimizer: Any) -> list[float]:
    """The learning rates of the groups."""
    return [float(group["lr"]) for group in optimizer.param_groups if "lr" in group]


def highest(scheduler: Any) -> list[float]:
    """Learning rates that the schedule starts from or goes up to."""
    groups = scheduler.optimizer.param_groups
    return [float(group[name]) for group in groups for name in ("initial_lr", "max_lr") if name in group]
