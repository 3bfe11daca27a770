"""Write docs/schemas/: what `bringup run` and `bringup check` print with --format json.

`tests/report/test_check_json.py` holds them up to date.
"""

import json
from pathlib import Path

from bringup.diagnosis.diagnosis import Diagnosis
from bringup.recipe.document import RunDocument
from bringup.report import json_schema

FOLDER = Path(__file__).parent / "schemas"
KINDS = {"run": RunDocument, "check": Diagnosis}


def main() -> None:
    """Write the schemas."""
    FOLDER.mkdir(exist_ok=True)
    for name, kind in KINDS.items():
        text = json.dumps(json_schema(kind), indent=1) + "\n"
        (FOLDER / f"{name}.schema.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
