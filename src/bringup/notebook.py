"""For notebooks and larger programs: a training in parts (`bringup.check`), and a loop from within (`bringup.watch`)."""

import time
from collections.abc import Iterable
from functools import cached_property
from typing import Any

from bringup.capture.watching import Watching
from bringup.diagnosis.diagnosis import Diagnosis, Timing
from bringup.diagnosis.examining import checked
from bringup.diagnosis.judging import as_run, judged
from bringup.diagnosis.parts.check import STEPS, Parts, check_parts
from bringup.diagnosis.settings import Settings
from bringup.errors import BringupError
from bringup.report.shown import Shown

NAME = "watch"


def check(
    model: Any,
    *,
    data: Any = None,
    loss: Any = None,
    optimizer: Any = None,
    validation: Any = None,
    steps: int = STEPS,
    seed: int = 0,
    budget: int | None = None,
    time: float | None = None,
    select: Iterable[str] = (),
    ignore: Iterable[str] = (),
) -> Diagnosis:
    """Train a copy of a model for some steps, watched, and say what is wrong; findings are put to the test.

        bringup.check(model, loss=nn.CrossEntropyLoss(), optimizer=optimizer, data=loader)

    Your model, its optimizer and the random generators stay as they are. A notebook shows the result as a report, a terminal as
    text.

    Args:
        model: A torch module, a compiled Keras model (on the torch backend), or an estimator with `fit` and `predict`:
            scikit-learn, its pipelines and searches, skorch.
        data: (x, y): tensors, arrays or tables of equal length [rows, …]. For networks also a data loader, a data set, or a
            list of batches (inputs, target).
        loss: A function of (output, target), a loss module, or the name of a loss in `torch.nn.functional`; the usual one for
            the targets by default.
        optimizer: One over the model's parameters, or a function of parameters that makes one; Adam at 3e-4 by default.
        validation: Like `data`, of rows that are not trained on.
        steps: Optimizer steps; an estimator is fitted to its end.
        seed: The same seed gives the same diagnosis.
        budget: Experiments at most, 0 for none; as many as there is time for by default.
        time: Seconds after which no further batch is trained on, 0 for no limit; 600 by default.
        select: Only these checks, by code, beginning of a code, name or family.
        ignore: All but these.

    Raises:
        BringupError: if this is no model that can be trained, its data cannot be read, or a name means no check. What the
            training itself raises is no error but a finding.
    """
    settings = Settings().over(select=names(select), ignore=names(ignore), time=time)
    parts = Parts(model=model, loss=loss, optimizer=optimizer, data=data, validation=validation, steps=steps, seed=seed)
    return Shown.of(check_parts(parts, settings=settings, budget=budget))


class Watch(Watching):
    """What a `with bringup.watch(…)` block has seen; notebooks show it as its verdict.

    Attributes:
        record: What was measured; None while the block is open.
    """

    def __init__(self, *, optimizers: tuple[Any, ...], settings: Settings) -> None:
        super().__init__(optimizers=optimizers, name=NAME)
        self.settings = settings

    @cached_property
    def diagnosis(self) -> Diagnosis:
        """What is wrong, ranked; the same document as that of `bringup check`.

        Raises:
            BringupError: if the block is still open.
        """
        if self.record is None:
            raise BringupError("the `watch` block is still open", do="ask for its diagnosis after the block")
        began = time.monotonic()
        facts = self.record.need("program")
        examined = checked(self.record, self.settings.checks(), self.settings)
        took = facts.seconds + time.monotonic() - began
        return Shown(
            script=NAME,
            verdict=judged(NAME, as_run(facts, self.error), examined.findings, examined.checks),
            findings=examined.findings,
            checks=examined.checks,
            timing=Timing(script_s=round(facts.seconds, 3), check_s=round(took, 3)),
        )

    def __repr__(self) -> str:
        return "<Watch: open>" if self.record is None else f"<Watch: {self.diagnosis.verdict.summary}>"

    def _repr_html_(self) -> str:
        return "<p>The block is still open.</p>" if self.record is None else Shown.of(self.diagnosis)._repr_html_()


def watch(*optimizers: Any, select: Iterable[str] = (), ignore: Iterable[str] = ()) -> Watch:
    """Watch what a `with` block trains.

        with bringup.watch(optimizer) as watched:
            for batch in loader: …
        watched.diagnosis.verdict.summary

    Nothing that the block computes changes. Lines are known for what happens inside the block; of models and optimizers that
    were built before, the line of their use is named.

    Args:
        optimizers: Those that were built before the block; models may be named, too, and are found anyway.
        select: Only these checks, by code, beginning of a code, name or family.
        ignore: All but these.

    Raises:
        BringupError: if a name means no check.
    """
    settings = Settings().over(select=names(select), ignore=names(ignore))
    settings.checks()
    held = tuple(optimizer for optimizer in optimizers if hasattr(optimizer, "param_groups"))
    return Watch(optimizers=held, settings=settings)


def names(given: Iterable[str]) -> tuple[str, ...]:
    """Names of checks; one alone may stand without a list."""
    return (given,) if isinstance(given, str) else tuple(given)
