"""Write docs/checks/: one page a check and an index, from the checks themselves.

`tests/checks/test_explain.py` holds them up to date.
"""

from pathlib import Path

from bringup.checks.explain import index, page
from bringup.checks.table import CHECKS

FOLDER = Path(__file__).parent / "checks"


def pages() -> dict[str, str]:
    """Return the text of every page by its file name."""
    return {"index.md": index()} | {f"{check.code}.md": page(check) for check in CHECKS}


def main() -> None:
    """Write the pages; remove those of checks that are gone."""
    FOLDER.mkdir(exist_ok=True)
    wanted = pages()
    for file in FOLDER.glob("*.md"):
        if file.name not in wanted:
            file.unlink()
    for name, text in wanted.items():
        (FOLDER / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
