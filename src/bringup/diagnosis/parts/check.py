"""Check a training that is handed over in parts."""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from bringup.diagnosis.confirming import MOST_SECONDS, Limits, told
from bringup.diagnosis.diagnosis import Diagnosis, Timing
from bringup.diagnosis.examining import Examined, checked, tested
from bringup.diagnosis.judging import as_run, judged
from bringup.diagnosis.parts.kinds import is_keras, is_torch, name_of
from bringup.diagnosis.parts.put_back import weights_put_back
from bringup.diagnosis.parts.randomness import seeded
from bringup.diagnosis.parts.reach import OF_NETWORKS, OF_THE_LOOP, within_reach
from bringup.diagnosis.parts.seen import Seen, watched_training
from bringup.diagnosis.settings import Settings
from bringup.errors import BringupError
from bringup.findings import CheckResult
from bringup.probes.trial.local import LocalTrials

STEPS = 500  # of Adam at 3e-4, a flipped sign is plain to see after as many
KINDS = "hand over a torch module, a compiled Keras model, or an estimator with `fit` and `predict`"


@dataclass(frozen=True, kw_only=True)
class Parts:
    """A training as it was handed over; see `bringup.check`."""

    model: Any
    loss: Any = None
    optimizer: Any = None
    data: Any = None
    validation: Any = None
    steps: int = STEPS
    seed: int = 0


@dataclass(frozen=True)
class Training:
    """A training that was read.

    Attributes:
        first: Runs it, watched, given the folder that files are named relative to.
        repeat: Runs it again.
        left_out: The names of checks that have nothing to judge in it.
    """

    first: Callable[[Path | None], Seen]
    repeat: Callable[[], None]
    left_out: frozenset[str]


def check_parts(
    parts: Parts, *, settings: Settings | None = None, budget: int | None = None, root: Path | None = None
) -> Diagnosis:
    """Train a copy of a model, watched, and say what is wrong; see `bringup.check`.

    Args:
        budget: Probes at most, 0 for none; as many as there is time for by default.
        root: The folder that files are named relative to.

    Raises:
        BringupError: if this is no model that can be trained, or its data cannot be read.
    """
    refuse_numbers(parts, budget)
    with seeded(parts.seed), weights_put_back(parts.model, parts.loss):
        return examined_parts(parts, settings or Settings(), budget, root)


def examined_parts(parts: Parts, settings: Settings, budget: int | None, root: Path | None) -> Diagnosis:
    """See `check_parts`; what it leaves behind in generators and weights is put back there."""
    began = time.monotonic()
    checks = settings.checks()
    training = training_of(parts, settings.time or None)
    seen = training.first(root)
    judging, others = within_reach(checks, training.left_out)
    examined = within(seen, checked(seen.record, judging, settings), others)
    program = seen.record.need("program")
    if budget != 0 and program.backwards:
        limits = Limits(until=time.monotonic() + min(MOST_SECONDS, settings.time or MOST_SECONDS), budget=budget)
        trials = LocalTrials(training.repeat, root=root, until=limits.until)
        examined = tested(examined, seen.record, trials, limits, patient=True)
    name = name_of(parts.model)
    return Diagnosis(
        script=name,
        verdict=judged(name, as_run(program, seen.error), examined.findings, examined.checks),
        findings=examined.findings,
        checks=examined.checks,
        probes=examined.probes,
        timing=Timing(script_s=round(program.seconds, 3), check_s=round(time.monotonic() - began, 3)),
    )


def within(seen: Seen, examined: Examined, others: tuple[CheckResult, ...]) -> Examined:
    """What was examined, with the checks that had nothing to judge in their places, and with what was tried already."""
    checks = sorted((*examined.checks, *others), key=lambda check: check.code)
    tried = {probe.probe: probe for probe in seen.probes}
    findings = tuple(told(finding, tried.get(finding.confirm_with or "")) for finding in examined.findings)
    return replace(examined, findings=findings, checks=tuple(checks), probes=seen.probes)


def training_of(parts: Parts, seconds: float | None) -> Training:
    """Read the parts.

    Raises:
        BringupError: if this is no model, or its data are of no use to it.
    """
    model = parts.model
    if model is None:
        raise BringupError("`model` is missing", do=KINDS)
    if isinstance(model, type):
        raise BringupError(f"`model` is the class {model.__name__}, not an object of it", do=f"hand over {model.__name__}(…)")
    given = {
        "loss": parts.loss,
        "optimizer": parts.optimizer,
        "data": parts.data,
        "validation": parts.validation,
        "steps": parts.steps,
        "seed": parts.seed,
        "seconds": seconds,
    }
    if is_keras(model):
        from bringup.diagnosis.parts.keras_parts import keras_parts

        return of_steps(model, keras_parts(model, **given).train)
    if is_torch(model):
        from bringup.diagnosis.parts.torch_parts import torch_parts

        return of_steps(model, torch_parts(model, **given).train)
    if not callable(getattr(model, "fit", None)):
        raise BringupError(f"a {type(model).__name__} is no model", do=KINDS)
    if parts.loss is not None or parts.optimizer is not None:
        raise BringupError("an estimator has its own loss and optimizer", do="leave `loss` and `optimizer` out")
    from bringup.diagnosis.parts.estimator_parts import estimator_parts
    from bringup.diagnosis.parts.kinds import is_skorch

    fits = estimator_parts(model, parts.data, parts.validation, seed=parts.seed)
    return Training(fits.first, fits.train, OF_THE_LOOP if is_skorch(model) else OF_NETWORKS)


def of_steps(model: Any, train: Callable[[], None]) -> Training:
    """A training of a network, by its steps."""
    return Training(lambda root: watched_training(train, name=name_of(model), root=root), train, OF_THE_LOOP)


def refuse_numbers(parts: Parts, budget: int | None) -> None:
    """Raise `BringupError` for numbers that are none, or out of range."""
    for name, value, least in (("steps", parts.steps, 1), ("seed", parts.seed, 0), ("budget", budget, 0)):
        if value is None and name == "budget":
            continue
        if not isinstance(value, int) or isinstance(value, bool) or value < least:
            raise BringupError(f"`{name}` must be a whole number, {least} or more", there=f"it is {value!r}")
