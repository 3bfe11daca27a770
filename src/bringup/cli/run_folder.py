"""What a run left in its folder, read back."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

from bringup.errors import BringupError

if TYPE_CHECKING:
    from bringup.recipe.document import RunDocument
    from bringup.record import Record


def read_run(folder: Path) -> "tuple[RunDocument, Record]":
    """Return the document and the record of a finished run.

    Raises:
        BringupError: if the folder is not that of a run, the run did not finish, or a file is damaged.
    """
    from bringup.recipe.document import RunDocument
    from bringup.record.store import read_record

    path = folder / "run.json"
    if not folder.is_dir():
        raise BringupError(f"no folder {folder}", do="name the folder of a run")
    if not path.is_file() and not (folder / "start.toml").is_file():
        raise BringupError(f"no run in {folder}", there="there is no run.json in it", do="name the folder of a run")
    if not path.is_file():
        raise BringupError(
            f"no run.json in {folder}",
            there="this is no run, or one that was stopped before its end",
            do=f"`bringup run --resume {folder}`",
        )
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        content["schema_version"] = content.pop("schema", 1)
        document = RunDocument.model_validate_json(json.dumps(content))
    except (ValueError, TypeError, AttributeError) as error:
        raise BringupError(f"{path} cannot be read by this version", there=str(error).splitlines()[0]) from None
    return document, read_record(folder / "record.json")
