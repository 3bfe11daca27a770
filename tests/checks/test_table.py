"""What holds for every check: its name, its place, its documentation, its two example programs."""

import inspect
import re
from pathlib import Path

import pytest

from bringup.checks import CHECKS, SECTIONS, run_checks
from bringup.checks.check import Check
from bringup.findings import Outcome
from bringup.probes import PROBES
from bringup.recipe.confirm import PROBE as OF_COLUMNS
from bringup.record import Record

by_code = pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.code)


def test_codes_and_names_are_unique():
    assert len({check.code for check in CHECKS}) == len(CHECKS)
    assert len({check.name for check in CHECKS}) == len(CHECKS)


def test_listed_in_the_order_of_codes():
    assert [check.code for check in CHECKS] == sorted(check.code for check in CHECKS)


def test_every_check_of_the_package_is_listed():
    folder = Path(inspect.getfile(Check)).parent
    files = [file for file in folder.glob("*/*.py") if file.name != "__init__.py"]
    listed = {Path(inspect.getfile(type(check))) for check in CHECKS}
    assert {file for file in files if "(Check):" in file.read_text(encoding="utf-8")} == listed


@by_code
def test_the_code_names_the_family(check):
    assert re.fullmatch(r"[A-Z]{3}\d{3}", check.code)
    assert check.code[:3] == check.family.prefix


@by_code
def test_one_name_everywhere(check):
    file = Path(inspect.getfile(type(check)))
    assert file.stem == check.name.replace("-", "_")
    assert file.parent.name == check.family.value.replace("-", "_")
    assert type(check).__name__ == "".join(part.capitalize() for part in check.name.split("-"))


@by_code
def test_documentation_is_complete(check):
    sections = check.documentation
    assert tuple(sections) == SECTIONS
    assert all(sections.values())
    assert check.summary
    assert "{" not in "".join(sections.values())


@by_code
def test_what_confirms_it_exists(check):
    assert check.confirm_with is None or check.confirm_with in {*PROBES, OF_COLUMNS}


@by_code
def test_bad_program_fires_exactly_this_check(check, record_of_program):
    findings, results = run_checks(record_of_program(check.bad), CHECKS)
    assert {finding.code for finding in findings} == {check.code}, [f.message for f in findings]
    assert [result for result in results if result.outcome is Outcome.CRASHED] == []
    for finding in findings:
        assert finding.evidence
        assert finding.fix is not None
        assert 0 < finding.confidence <= 1


@by_code
def test_good_program_fires_nothing(check, record_of_program):
    record = record_of_program(check.good)
    findings, results = run_checks(record, CHECKS)
    assert findings == ()
    outcome = {result.code: result.outcome for result in results}
    assert outcome[check.code] is Outcome.PASSED
    assert Outcome.CRASHED not in outcome.values()


@by_code
def test_an_empty_record_is_no_pass(check):
    _, (result,) = run_checks(Record(), [check])
    assert result.outcome is Outcome.NOT_APPLICABLE
    assert result.reason
