"""Every page of the guide, carried out from top to bottom as its reader would: see docs/decisions/0003.

A block under `<!-- file: NAME -->` is a file that the reader has.
"""

import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
DOCS = ROOT / "docs"
BLOCK = re.compile(
    r"(?:^<!-- (?P<note>[^\n]*?) -->\n)?^```(?P<kind>python|console|toml)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL
)
INCLUDE = re.compile(r'^--8<-- "(.+)"$', re.MULTILINE)
PROGRAM = "import sys; from bringup.cli import main; main()"


@dataclass(frozen=True)
class Block:
    """One block of a page, and the line where it starts."""

    kind: str
    text: str
    note: str
    line: int


def blocks(page: str) -> Iterator[Block]:
    """Yield the blocks that are to be run, with what they include filled in."""
    for match in BLOCK.finditer(page):
        note = match["note"] or ""
        if not note.startswith("not run") and (match["kind"] != "toml" or note.startswith("file:")):
            text = INCLUDE.sub(lambda included: (DOCS / "snippets" / included[1]).read_text(), match["text"])
            yield Block(match["kind"], text, note, page.count("\n", 0, match.start("text")))


def run_console(block: Block, folder: Path) -> None:
    """Run the `$ bringup …` lines; what stands under a line must be printed."""
    codes = {int(code) for code in block.note.removeprefix("exit:").split()} if block.note.startswith("exit:") else {0}
    for part in re.split(r"^\$ ", block.text, flags=re.MULTILINE)[1:]:
        command, *shown = part.strip().splitlines()
        words = shlex.split(command, comments=True)
        if words[0] != "bringup":
            continue
        done = subprocess.run(
            [sys.executable, "-c", PROGRAM, *words[1:]], cwd=folder, capture_output=True, text=True, timeout=600, check=False
        )
        assert done.returncode in codes, f"line {block.line}: $ {command}\n{done.stdout}{done.stderr}"
        printed = (done.stdout + done.stderr).splitlines()
        assert [line for line in shown if line not in printed] == []


def pages() -> Iterator[object]:
    """Yield the pages that have something to run."""
    for path in sorted((DOCS / "guide").glob("*.md")):
        text = path.read_text()
        if any(blocks(text)):
            yield pytest.param(path, id=path.stem, marks=[pytest.mark.slow] if text.startswith("<!-- slow -->") else [])


@pytest.mark.parametrize("path", list(pages()))
def test_page(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {"__name__": "__main__"}
    for block in blocks(path.read_text()):
        if block.kind == "console":
            run_console(block, tmp_path)
        elif block.note.startswith("file:"):
            (tmp_path / block.note.removeprefix("file:").strip()).write_text(block.text)
        else:
            exec(compile("\n" * block.line + block.text, str(path), "exec"), names)


@pytest.mark.parametrize(
    "name", ["README.md", "CONTRIBUTING.md", *(str(path.relative_to(ROOT)) for path in sorted(DOCS.rglob("*.md")))]
)
def test_links_lead_somewhere(name: str):
    page = ROOT / name
    links = re.findall(r"\]\((?!https?:|#)([^)#\s]+)", re.sub(r"```.*?```", "", page.read_text(), flags=re.DOTALL))
    assert [link for link in links if not (page.parent / link).exists() and "checks/" not in link] == []
