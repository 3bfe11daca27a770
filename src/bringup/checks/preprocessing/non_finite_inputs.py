"""PRE102 non-finite-inputs."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from bringup.checks.check import Check
from bringup.findings import Family, Finding, Measurement, Severity
from bringup.record import PreparedFacts, Record


@dataclass(frozen=True, kw_only=True)
class NonFiniteInputs(Check):
    """The inputs that the model gets hold NaN or infinity.

    ## What it detects
    Any value of the prepared inputs that is not finite.

    ## Why it is bad
    One NaN makes the loss NaN, then every gradient, then every weight: training is over at the first batch that holds
    it.

    ## How it is detected
    Values are counted as the model gets them.

    ## How to fix it
    Fill missing values in the preparation (the median, and an input that says "was missing").

    ## How it is confirmed
    The first loss that is NaN comes with a batch that holds such a value.
    """

    code: ClassVar[str] = "PRE102"
    name: ClassVar[str] = "non-finite-inputs"
    family: ClassVar[Family] = Family.PREPROCESSING
    severity: ClassVar[Severity] = Severity.ERROR
    bad: ClassVar[str] = """
from bringup.record import InputFacts, PreparedFacts, Record
inputs = (InputFacts(name="age", mean=0.0, std=1.0, minimum=-2.0, maximum=3.0),)
record = Record(prepared=PreparedFacts(rows=400, inputs=inputs, dtype="float32", non_finite=3, digest="a"))
"""
    good: ClassVar[str] = """
from bringup.record import InputFacts, PreparedFacts, Record
inputs = (InputFacts(name="age", mean=0.0, std=1.0, minimum=-2.0, maximum=3.0),)
record = Record(prepared=PreparedFacts(rows=400, inputs=inputs, dtype="float32", non_finite=0, digest="a"))
"""

    def detect(self, record: Record) -> Iterator[Finding]:
        """Yield at most one finding."""
        facts: PreparedFacts = record.need("prepared")
        if not facts.non_finite:
            return
        yield self.finding(
            f"{facts.non_finite} values of the prepared inputs are NaN or infinite",
            Measurement(name="values that are not finite", value=facts.non_finite, limit=0),
            fix="fill missing values in the preparation, fitted on training rows",
        )
