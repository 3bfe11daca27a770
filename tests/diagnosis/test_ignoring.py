"""Comments that silence, and files that are left out."""

from pathlib import Path

import pytest

from bringup.diagnosis.ignoring import EVERYTHING, ignored_lines, without_ignored
from bringup.findings import CheckResult, Family, Finding, Outcome, Severity, Where

LINES = [
    ("x = 1  # bringup: ignore[LOS301]", {1: {"LOS301"}}),
    ("x = 1  #bringup:ignore[ LOS301 , update ,]", {1: {"LOS301", "update"}}),
    ("x = 1  # noqa: E501  # bringup: ignore[LOS301]", {1: {"LOS301"}}),
    ("x = 1  # Bringup: Ignore[LOS301] because it is meant", {1: {"LOS301"}}),
    ("x = 1  # bringup: ignore", {1: {EVERYTHING}}),
    ("x = 1  # bringup: ignored", {}),
    ("x = 1  # bringup: ignore[]", {}),
    ("x = '# bringup: ignore[LOS301]'", {}),
    ('"""\n# bringup: ignore[LOS301]\n"""\nx = 1', {}),
    ("# bringup: ignore[A]\nx = 1\ny = 2", {2: {"A"}}),
    ("# bringup: ignore[A]\n# about x\nx = 1", {}),
    ("# about x\n# bringup: ignore[A]\nx = 1", {3: {"A"}}),
    ("# bringup: ignore[A]\n\nx = 1", {}),
    ("# bringup: ignore[A]\nx = 1  # bringup: ignore[B]", {2: {"A", "B"}}),
    ("x = f(\n    1,  # bringup: ignore[A]\n    2,\n)\ny = 2", {1: {"A"}, 2: {"A"}, 3: {"A"}, 4: {"A"}}),
    ("x = f(\n    1,\n)  # bringup: ignore[A]", {1: {"A"}, 2: {"A"}, 3: {"A"}}),
    ("if x:\n    # bringup: ignore[A]\n    y = 1\nz = 2", {3: {"A"}}),
    ("if x:  # bringup: ignore[A]\n    y = 1", {1: {"A"}}),
    ("x = 1; y = 2  # bringup: ignore[A]", {1: {"A"}}),
    ("x = (  # bringup: ignore[A]", {}),
    ("x = 1  # bringup: ignore[A]\n\ty = 2\n  z", {1: {"A"}}),
    ("", {}),
]


@pytest.mark.parametrize(("source", "expected"), LINES)
def test_lines(source, expected):
    assert ignored_lines(source.encode()) == {line: frozenset(names) for line, names in expected.items()}


def test_other_encodings_and_no_python_at_all():
    assert ignored_lines("# coding: latin-1\nx = 'ü'  # bringup: ignore[A]\n".encode("latin-1")) == {2: frozenset("A")}
    assert ignored_lines(b"\xff\xfe\x00") == {}


def finding(code: str = "LOS101", *, where: Where | None) -> Finding:
    family = next(family for family in Family if code.startswith(family.prefix))
    return Finding(
        code=code, name="a-name", severity=Severity.ERROR, cause=family.cause, family=family, message="wrong", where=where
    )


@pytest.fixture
def ignore(tmp_path: Path):
    """Take out what is ignored in a program of two files."""
    (tmp_path / "train.py").write_text(
        "a = 1\nb = 2  # bringup: ignore[LOS101]\nc = 3  # bringup: ignore[loss-input, a-name]\n"
    )
    (tmp_path / "parts").mkdir()
    (tmp_path / "parts" / "model.py").write_text("a = 1\n")

    def call(*findings: Finding, **files: tuple[str, ...]):
        checks = [CheckResult(code=code, outcome=Outcome.FOUND) for code in ("LOS101", "UPD101")]
        return without_ignored(findings, checks, root=tmp_path, files=files.get("files", {}), base=tmp_path)

    return call


@pytest.mark.parametrize(
    ("code", "line", "kept"),
    [("LOS101", 1, True), ("LOS101", 2, False), ("UPD101", 2, True), ("LOS101", 3, False), ("UPD101", 3, False)],
)
def test_by_code_family_and_name(ignore, code, line, kept):
    findings, _ = ignore(finding(code, where=Where(file="train.py", line=line)))
    assert bool(findings) is kept


def test_the_outcome_is_ignored_when_nothing_is_left(ignore):
    gone, stays = finding(where=Where(file="train.py", line=2)), finding(where=Where(file="train.py", line=1))
    _, checks = ignore(gone)
    assert [(check.code, check.outcome) for check in checks] == [("LOS101", "ignored"), ("UPD101", "found")]
    assert checks[0].reason == "ignored at train.py:2"
    findings, checks = ignore(gone, stays)
    assert (findings, checks[0].outcome) == ((stays,), "found")


def test_what_has_no_place_cannot_be_ignored_by_a_comment(ignore):
    for where in (
        None,
        Where(column="age"),
        Where(file="train.py"),
        Where(file="train.py", line=99),
        Where(file="gone.py", line=1),
    ):
        assert ignore(finding(where=where))[0]


@pytest.mark.parametrize(
    ("pattern", "file", "kept"),
    [
        ("parts/*.py", "parts/model.py", False),
        ("parts/*", "train.py", True),
        ("model.py", "parts/model.py", False),
        ("*.py", "train.py", False),
        ("other/*.py", "parts/model.py", True),
    ],
)
def test_by_file(ignore, pattern, file, kept):
    findings, _ = ignore(finding(where=Where(file=file, line=1)), files={pattern: ("LOS",)})
    assert bool(findings) is kept
