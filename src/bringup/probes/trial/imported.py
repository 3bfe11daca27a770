"""Which installed packages a script imports: what a warm process has to hold."""

import ast
from pathlib import Path

MOST_FILES = 50
HEAVY = (
    "torch",
    "keras",
    "lightning",
    "pytorch_lightning",
    "skorch",
    "sklearn",
    "numpy",
    "scipy",
    "pandas",
    "polars",
    "matplotlib",
)


def packages(script: Path) -> tuple[str, ...]:
    """The heavy packages that a script and the files beside it import, in the order of their first import."""
    found: dict[str, None] = {}
    todo, seen = [script], set()
    while todo and len(seen) < MOST_FILES:
        path = todo.pop(0)
        if path in seen:
            continue
        seen.add(path)
        for name in imports(path):
            top = name.partition(".")[0]
            for beside in (script.parent / f"{name.replace('.', '/')}.py", script.parent / top / "__init__.py"):
                if beside.is_file():
                    todo.append(beside)
                    break
            else:
                if top in HEAVY:
                    found[name] = None
    return tuple(found)


def imports(path: Path) -> list[str]:
    """The modules that a file imports, by their full names."""
    try:
        tree = ast.parse(path.read_bytes())
    except (SyntaxError, ValueError, OSError):
        return []
    names: list[str] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.append(node.module)
    return names
