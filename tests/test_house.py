"""The rules of the house that no other test would notice being broken."""

import ast
import importlib.metadata
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

import bringup

ROOT = Path(__file__).parent.parent
SOURCE = ROOT / "src"
MODULES = sorted(SOURCE.rglob("*.py"))
PROGRAMS = sorted({*MODULES, *(ROOT / "tests").rglob("*.py"), *(ROOT / "benchmarks").rglob("*.py")})
MOST_LINES = 400


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_imports_point_down():
    done = subprocess.run(
        [Path(sys.executable).with_name("lint-imports")], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout


def test_importing_is_free():
    program = """
import sys, threading
import bringup
print(threading.active_count(), *{name.split(".")[0] for name in sys.modules})
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    threads, *loaded = done.stdout.split()
    assert threads == "1"
    assert not {"torch", "sklearn", "polars", "numpy", "altair", "matplotlib", "rich", "typer"} & set(loaded)


def test_versions_agree():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["version"] == bringup.__version__ == importlib.metadata.version("bringup")


def test_every_folder_says_what_it_is_for():
    folders = {path.parent for path in MODULES}
    assert [name(folder) for folder in folders if not (folder / "__init__.py").is_file()] == []


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_everything_public_has_a_docstring(path: Path):
    tree = ast.parse(path.read_text())
    silent = [] if (ast.get_docstring(tree) or "").strip() else ["the module"]
    assert silent + [where for where, node in public(tree) if not ast.get_docstring(node)] == []


def public(
    tree: ast.Module | ast.ClassDef, prefix: str = ""
) -> Iterator[tuple[str, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef]]:
    """Yield the public classes, functions and methods."""
    for node in tree.body:
        if not isinstance(node, ast.ClassDef | ast.FunctionDef) or node.name.startswith("_"):
            continue
        yield f"{prefix}{node.name}", node
        if isinstance(node, ast.ClassDef):
            yield from public(node, f"{node.name}.")


@pytest.mark.parametrize("path", PROGRAMS, ids=name)
def test_files_stay_small(path: Path):
    assert len(path.read_text().splitlines()) <= MOST_LINES


def test_nothing_is_left_over():
    """No notes to oneself, and no path that exists on one machine only."""
    left = re.compile("|".join(["TO" + "DO", "FIX" + "ME", "XX" + "X", r"(?<![\w.])/(?:home|Users|root|work)/\w"]))
    texts = {
        path
        for folder in ("src", "tests", "docs", "benchmarks", "examples", "changelog.d", ".ci")
        for path in (ROOT / folder).rglob("*")
    }
    texts |= {path for path in ROOT.iterdir() if path.suffix in (".md", ".toml", ".yml", ".txt") or path.name == "Makefile"}
    found = []
    for path in sorted(texts):
        if path.is_file() and "__pycache__" not in path.parts:
            try:
                lines = path.read_text().splitlines()
            except UnicodeDecodeError:
                continue
            found += [
                f"{name(path)}:{number}: {line.strip()[:80]}" for number, line in enumerate(lines, 1) if left.search(line)
            ]
    assert found == []


def test_every_pin_is_exact():
    lines = [line for line in (ROOT / "constraints.txt").read_text().splitlines() if line and not line.startswith("#")]
    assert [line for line in lines if not re.fullmatch(r"[\w.-]+==[\w.]+", line)] == []
    pinned = {line.split("==")[0].lower().replace("_", "-") for line in lines}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = [*project["dependencies"], *project["optional-dependencies"]["dev"], *project["optional-dependencies"]["docs"]]
    assert {re.split(r"[\[><=~! ]", need)[0].lower() for need in wanted} <= pinned
