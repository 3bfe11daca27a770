"""The experiment on one frozen batch of a watched script."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from bringup.probes.change import NOTHING, Change
from bringup.probes.trial.outcome import Outcome
from bringup.probes.trial.trials import Again, Changes, outcome
from bringup.record import Series

STILL: Changes = {"learning-rate": {"factor": 0.0}, "no-regularisation": {}}
STILL_STEPS = 12
# The second way replays only what models and losses get: for data that do not come from torch calls of the program itself.
WAYS: tuple[Changes, ...] = ({"frozen-batch": {}}, {"frozen-batch": {"boundaries": True}})


@dataclass(kw_only=True)
class ScriptExperiment:
    """Trains the script's own model on its own first batch, by its own loop.

    Attributes:
        trials: Runs the script.
        table: What each change of an experiment is for a script.
        seconds: For each trial.
    """

    trials: Again
    table: dict[Change, Changes]
    seconds: float
    frozen: Changes | None = None
    last: Outcome = field(default_factory=lambda: Outcome(ending="late"))

    def freeze(self, *, steps: int = 0) -> bool:
        """Find a way to hold the batch still, tested at learning rate 0 without dropout; whether there is one.

        The losses must repeat bit for bit. The first one is left out: what happens before the first step of an optimizer may
        belong to another model's turn.

        Args:
            steps: How far the experiment will go, if that is known: then it is begun at once.
        """
        for number, way in enumerate(WAYS):
            if number == 0 and steps:
                self.begin(way, steps)  # most often this is what is asked for next
            found = outcome(self.begin({**way, **STILL}, STILL_STEPS), seconds=self.seconds)
            losses = found.losses.values[1:]
            if found.ending in ("enough", "finished") and len(losses) >= STILL_STEPS // 2 and len(set(losses)) == 1:
                self.frozen = way
                return True
        return False

    def begin(self, changes: Changes, steps: int) -> Any:
        """Start a trial."""
        return self.trials.begin(changes, steps=steps, seconds=self.seconds)

    def ahead(self, changes: Iterable[Change], steps: int) -> None:
        """Start trials that will be asked for."""
        for change in changes:
            if change in self.table:
                self.begin({**(self.frozen or {}), **self.table[change]}, steps)

    def floor(self, change: Change = NOTHING) -> float:
        """0: how far the loss of a script can fall is not known."""
        del change
        return 0.0

    def ignorant(self, change: Change = NOTHING) -> float | None:
        """Not known."""
        del change
        return None

    def applies(self, change: Change) -> bool:
        """Whether a script can be changed in this way."""
        return change in self.table

    def one_batch(self, change: Change, *, steps: int, seed: int) -> Series:
        """The loss at each step on the frozen batch.

        Raises:
            RuntimeError: if the batch was not frozen, or the trial left too little to judge.
        """
        del seed  # the script's own
        if self.frozen is None:
            raise RuntimeError("the batch is not frozen")
        extra = {} if change == NOTHING else self.table[change]
        self.last = outcome(self.begin({**self.frozen, **extra}, steps), seconds=self.seconds)
        if len(self.last.losses) < 3:
            raise RuntimeError(f"the trial made {len(self.last.losses)} steps: {self.last.error or self.last.ending}")
        return self.last.losses
