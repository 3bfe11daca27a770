"""PRE101 unscaled-inputs."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from bringup.checks.check import Check
from bringup.checks.reading import number
from bringup.findings import Family, Finding, Fix, Measurement, Severity, Where
from bringup.record import PreparedFacts, Record


@dataclass(frozen=True, kw_only=True)
class UnscaledInputs(Check):
    """The inputs that the model gets are not standardised.

    ## What it detects
    Prepared inputs with a mean beyond {size:g} or a standard deviation over {size:g}.

    ## Why it is bad
    The loss is then a long narrow valley: a learning rate that is right for one input is too large for another, and
    first layers saturate.

    ## How it is detected
    Means and standard deviations of each input over the training rows, as the model gets them.

    ## How to fix it
    Subtract the mean and divide by the standard deviation, both fitted on training rows.

    ## How it is confirmed
    Training again with standardised inputs: the loss falls faster.
    """

    code: ClassVar[str] = "PRE101"
    name: ClassVar[str] = "unscaled-inputs"
    family: ClassVar[Family] = Family.PREPROCESSING
    severity: ClassVar[Severity] = Severity.WARNING
    confirm_with: ClassVar[str | None] = "standardised-inputs"
    bad: ClassVar[str] = """
from bringup.record import InputFacts, PreparedFacts, Record
inputs = (
    InputFacts(name="age", mean=0.0, std=1.0, minimum=-2.0, maximum=3.0),
    InputFacts(name="income", mean=48000.0, std=21000.0, minimum=0.0, maximum=2e5),
)
record = Record(prepared=PreparedFacts(rows=400, inputs=inputs, dtype="float32", non_finite=0, digest="a"))
"""
    good: ClassVar[str] = """
from bringup.record import InputFacts, PreparedFacts, Record
inputs = (
    InputFacts(name="age", mean=0.0, std=1.0, minimum=-2.0, maximum=3.0),
    InputFacts(name="income", mean=0.0, std=1.0, minimum=-2.3, maximum=7.2),
)
record = Record(prepared=PreparedFacts(rows=400, inputs=inputs, dtype="float32", non_finite=0, digest="a"))
"""

    size: float = 10.0  # standardised inputs have mean 0 and deviation 1

    def detect(self, record: Record) -> Iterator[Finding]:
        """Yield at most one finding."""
        facts: PreparedFacts = record.need("prepared")
        large = [entry for entry in facts.inputs if max(abs(entry.mean), entry.std) > self.size]
        if not large:
            return
        worst = max(large, key=lambda entry: max(abs(entry.mean), entry.std))
        yield self.finding(
            f"{len(large)} of {len(facts.inputs)} inputs are not standardised; "
            f"`{worst.name}` has mean {number(worst.mean)} and standard deviation {number(worst.std)}",
            Measurement(name="inputs that are not standardised", value=len(large), limit=0),
            Measurement(name="mean of the worst", value=worst.mean, limit=self.size),
            Measurement(name="standard deviation of the worst", value=worst.std, limit=self.size),
            fix=Fix(
                title="subtract the mean and divide by the standard deviation of the training rows", applicability="unsafe"
            ),
            where=Where(column=worst.name),
        )
