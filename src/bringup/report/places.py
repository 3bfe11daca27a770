"""Where a finding stands, as tools around a repository name files: relative to the folder in which the command was given."""

import os
from pathlib import Path

from bringup.diagnosis.diagnosis import Diagnosis
from bringup.findings import Finding
from bringup.report.excerpt import program_folder


def place(document: Diagnosis, finding: Finding | None = None) -> tuple[str, int]:
    """The file and line of a finding; line 1 of the script where it has none, since such tools show only what has a place."""
    where = finding.where if finding else None
    if where is None or where.file is None:
        return relative(Path(document.script)), 1
    return relative(program_folder(document) / where.file), where.line or 1


def relative(path: Path) -> str:
    """A path relative to the working directory, or absolute where it lies outside; with forward slashes."""
    absolute, here = os.path.normpath(path.absolute()), Path.cwd()
    return Path(absolute).relative_to(here).as_posix() if Path(absolute).is_relative_to(here) else Path(absolute).as_posix()
