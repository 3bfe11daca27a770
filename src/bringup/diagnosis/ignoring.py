"""What the person does not want to hear: comments in the program, and files that are left out."""

import io
import re
import tokenize
from collections.abc import Iterable, Mapping, Sequence
from fnmatch import fnmatch
from pathlib import Path

from bringup.checks.runner import matches
from bringup.findings import CheckResult, Finding, Outcome

COMMENT = re.compile(r"#\s*bringup:\s*ignore(?:\[(?P<names>[^\]]*)\])?(?!\w)", re.IGNORECASE)
EVERYTHING = ""  # every code begins with it
LAYOUT = {tokenize.NL, tokenize.COMMENT, tokenize.INDENT, tokenize.DEDENT, tokenize.ENCODING, tokenize.ENDMARKER}

Names = frozenset[str]


def ignored_lines(source: bytes) -> dict[int, Names]:
    """What `# bringup: ignore[…]` comments say, by line.

    A comment holds for all lines of the statement that it stands in or after; one that stands alone, for the next statement.

    Returns:
        For each line the names to be ignored there; `EVERYTHING` where the comment has no brackets.
    """
    found: dict[int, Names] = {}
    pending: Names = frozenset()
    names: Names = frozenset()
    first: int | None = None
    try:
        for token in tokenize.tokenize(io.BytesIO(source).readline):
            if token.type == tokenize.COMMENT:
                names |= said(token.string)
            elif token.type == tokenize.NEWLINE and first is not None:
                found |= dict.fromkeys(range(first, token.end[0] + 1), names | pending)
                names, pending, first = frozenset(), frozenset(), None
            elif token.type == tokenize.NL and first is None:
                pending, names = (pending | names) if names else frozenset(), frozenset()
            elif token.type not in LAYOUT and first is None:
                first = token.start[0]
    except (tokenize.TokenError, SyntaxError, ValueError):
        pass  # not to be read any further: it is no Python file, or has changed since it was run
    return {line: names for line, names in found.items() if names}


def said(comment: str) -> Names:
    """The names in a comment."""
    names: set[str] = set()
    for match in COMMENT.finditer(comment):
        listed = match["names"]
        names |= {EVERYTHING} if listed is None else {name.strip() for name in listed.split(",")} - {""}
    return frozenset(names)


def without_ignored(
    findings: Sequence[Finding], checks: Sequence[CheckResult], *, root: Path, files: Mapping[str, Iterable[str]], base: Path
) -> tuple[tuple[Finding, ...], tuple[CheckResult, ...]]:
    """Take out what comments and the configuration ignore; a check all of whose findings are gone has the outcome "ignored".

    Args:
        root: The program's folder, to which findings name files.
        files: Names to be ignored, by pattern over the files' paths relative to `base`.
    """
    lines: dict[str, dict[int, Names]] = {}
    kept: list[Finding] = []
    gone: dict[str, str] = {}
    for finding in findings:
        where = finding.where
        if where is None or where.file is None:
            kept.append(finding)
            continue
        path = root / where.file
        if where.file not in lines:
            lines[where.file] = ignored_lines(path.read_bytes()) if path.is_file() else {}
        names = {*lines[where.file].get(where.line or 0, ()), *ignored_in(path, files, base)}
        if EVERYTHING in names or matches(finding, names):
            gone[finding.code] = str(where)
        else:
            kept.append(finding)
    left = {finding.code for finding in kept}
    return tuple(kept), tuple(
        check.model_copy(update={"outcome": Outcome.IGNORED, "reason": f"ignored at {gone[check.code]}"})
        if check.code in gone and check.code not in left
        else check
        for check in checks
    )


def ignored_in(path: Path, files: Mapping[str, Iterable[str]], base: Path) -> set[str]:
    """The names that the configuration ignores in a file; a pattern is held against its path and its name alone."""
    path = path.resolve()
    relative = path.relative_to(base).as_posix() if path.is_relative_to(base) else path.as_posix()
    return {
        name for pattern, names in files.items() if fnmatch(relative, pattern) or fnmatch(path.name, pattern) for name in names
    }
