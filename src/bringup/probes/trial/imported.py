"""Which installed packages a script imports: what a warm process has to hold."""

import ast
from pathlib import Path

MOST_FILES = 50
READ_AT_IMPORT = ("KERAS_BACKEND",)
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


def environment(script: Path) -> dict[str, str]:
    """The variables that a script sets itself before its imports, of those that a library reads once, at its import."""
    try:
        tree = ast.parse(script.read_bytes())
    except (SyntaxError, ValueError, OSError):
        return {}
    found: dict[str, str] = {}
    for node in ast.walk(tree):
        texts = [part.value for part in ast.walk(node) if isinstance(part, ast.Constant) and isinstance(part.value, str)]
        if isinstance(node, ast.Assign | ast.Expr) and len(texts) == 2 and texts[0] in READ_AT_IMPORT:
            found[texts[0]] = texts[1]
        elif isinstance(node, ast.Assign | ast.Expr) and len(texts) == 2 and texts[1] in READ_AT_IMPORT:
            found[texts[1]] = texts[0]
    return found


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
