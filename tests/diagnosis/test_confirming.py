"""What findings become when one of them was proved."""

import pytest

from bringup.checks.table import CHECKS
from bringup.diagnosis.confirming import without_symptoms
from bringup.findings import Confirmation, Finding, Severity

BY_CODE = {check.code: check for check in CHECKS}


def finding(code: str, answer: str | None = None) -> Finding:
    check = BY_CODE[code]
    found = check.finding("So it is")
    if answer is None:
        return found
    told = Confirmation(probe="p", question="?", before=1.0, after=0.0, answer=answer, quantity="loss")
    return found.model_copy(update={"confirmed_by": told})


@pytest.mark.parametrize(
    ("cause", "symptom", "severity"),
    [
        (("UPD301", "yes"), ("NUM102", None), Severity.NOTE),
        (("UPD301", "yes"), ("ARC304", "yes"), Severity.NOTE),  # a lower learning rate helps a little there, too
        (("UPD301", "unclear"), ("NUM102", None), BY_CODE["NUM102"].severity),
        (("UPD301", None), ("NUM102", None), BY_CODE["NUM102"].severity),
        (("ARC304", "yes"), ("NUM102", None), BY_CODE["NUM102"].severity),  # one symptom does not explain another
    ],
)
def test_symptoms_of_a_proved_fault_are_notes(cause, symptom, severity):
    first, second = without_symptoms([finding(*cause), finding(*symptom)])
    assert first == finding(*cause)
    assert second.severity is severity


def test_two_faults_stay_two():
    both = (finding("UPD301", "yes"), finding("LOS301"))
    assert without_symptoms(both) == both
