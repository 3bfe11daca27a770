"""Check a training that is handed over in parts."""

import time
from pathlib import Path
from typing import Any

from bringup.capture.watching import Watching
from bringup.diagnosis.confirming import MOST_SECONDS, Limits
from bringup.diagnosis.diagnosis import Diagnosis, Timing
from bringup.diagnosis.examining import Examined, checked, tested
from bringup.diagnosis.judging import as_run, judged
from bringup.diagnosis.settings import Settings
from bringup.errors import BringupError
from bringup.probes.trial.local import LocalTrials
from bringup.record import Record

STEPS = 200


def check_parts(
    model: Any,
    data: Any,
    *,
    loss: Any = None,
    optimizer: Any = None,
    validation: Any = None,
    steps: int = STEPS,
    seed: int = 0,
    settings: Settings | None = None,
    budget: int | None = None,
    root: Path | None = None,
) -> Diagnosis:
    """Train a copy of a model, watched, and say what is wrong; see `bringup.check`.

    Raises:
        BringupError: if this is no model that can be trained, or its data cannot be read.
    """
    began = time.monotonic()
    settings = settings or Settings()
    checks = settings.checks()
    name = type(model).__name__
    record, trials = first_run(model, data, loss, optimizer, validation, steps=steps, seed=seed, root=root)
    examined: Examined = checked(record, checks, settings)
    if trials is not None and budget != 0:
        until = time.monotonic() + min(MOST_SECONDS, settings.time or MOST_SECONDS)
        examined = tested(examined, record, trials, Limits(until=until, budget=budget))
    program = record.need("program")
    return Diagnosis(
        script=name,
        verdict=judged(name, as_run(program), examined.findings, examined.checks),
        findings=examined.findings,
        checks=examined.checks,
        probes=examined.probes,
        timing=Timing(script_s=round(program.seconds, 3), check_s=round(time.monotonic() - began, 3)),
    )


def first_run(
    model: Any, data: Any, loss: Any, optimizer: Any, validation: Any, *, steps: int, seed: int, root: Path | None
) -> tuple[Record, LocalTrials | None]:
    """The record of a first training, and the means to repeat it, where there are any."""
    if is_torch(model):
        from bringup.diagnosis.parts.torch_parts import TorchParts, is_iterable_of_batches

        if not is_iterable_of_batches(data):
            raise BringupError(
                "the data can be gone through only once",
                there=f"a {type(data).__name__}",
                do="hand over a data loader, a list of batches, or a pair of tensors",
            )
        parts = TorchParts(
            model=model, loss=loss, optimizer=optimizer, data=data, validation=validation, steps=steps, seed=seed
        )
        with Watching(root=root, name=type(model).__name__) as watching:
            watching.session.expects_steps = True
            watching.forgive = True
            parts.train()
        assert watching.record is not None
        return watching.record, LocalTrials(parts.train, root=root)
    if callable(getattr(model, "fit", None)):
        from bringup.diagnosis.parts.estimator_parts import record_of_fit

        if loss is not None or optimizer is not None:
            raise BringupError("an estimator has its own loss and optimizer", do="leave `loss` and `optimizer` out")
        return record_of_fit(model, data, validation, seed=seed), None
    raise BringupError(f"a {type(model).__name__} is no model", do="hand over a torch module, a Keras model or an estimator")


def is_torch(model: Any) -> bool:
    """Whether this is a module of torch; without loading torch for it."""
    return any(cls.__module__.startswith("torch.nn") and cls.__name__ == "Module" for cls in type(model).__mro__)
