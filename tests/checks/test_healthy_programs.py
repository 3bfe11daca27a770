"""Programs that are correct but unusual come out clean: a false alarm costs more trust than a miss."""

from pathlib import Path

import pytest

from bringup.capture.running import watch_source
from bringup.checks import CHECKS, run_checks
from bringup.findings import Outcome

PROGRAMS = sorted((Path(__file__).parents[1] / "programs" / "healthy").glob("*.py"))


@pytest.mark.filterwarnings("ignore")  # the programs' own
@pytest.mark.parametrize("program", PROGRAMS, ids=lambda path: path.stem)
def test_no_alarm(program):
    record = watch_source(program.read_text(encoding="utf-8"))
    assert record.need("program").ending in ("finished", "exited")
    findings, results = run_checks(record, CHECKS)
    assert [f"{finding.code} {finding.where}: {finding.message}" for finding in findings if finding.severity.loud] == []
    assert [result.reason for result in results if result.outcome is Outcome.CRASHED] == []
