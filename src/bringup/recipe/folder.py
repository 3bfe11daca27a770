"""The run folder: where it is, and what is written into it after every step."""

import json
import os
import re
import shutil
from pathlib import Path

from bringup.errors import BringupError
from bringup.recipe.context import Context
from bringup.recipe.document import RunDocument
from bringup.record import write_record, write_text

ROOT = Path("runs")


def new_folder(name: str, *, root: Path = ROOT) -> Path:
    """Make a new folder `runs/NAME-N`, N one more than the highest there is.

    Raises:
        BringupError: if it cannot be made.
    """
    plain = re.sub(r"[^\w.-]+", "-", name).strip("-.") or "data"
    taken = [
        int(found[1]) for path in root.glob(f"{plain}-*") if (found := re.fullmatch(rf"{re.escape(plain)}-(\d+)", path.name))
    ]
    for number in range(max(taken, default=0) + 1, max(taken, default=0) + 1000):
        try:
            (root / f"{plain}-{number}").mkdir(parents=True)
            return root / f"{plain}-{number}"
        except FileExistsError:
            continue  # another run took the number in the meantime
        except OSError as error:
            raise unwritable(root, error) from error
    raise BringupError(f"no free folder under {root}", do="name one with --folder")


def given_folder(folder: Path) -> Path:
    """Use a folder that was named; it must be new, empty, or not hold a run.

    Raises:
        BringupError: if it holds a run already, or cannot be made or written.
    """
    if (folder / "run.json").exists() or (folder / "plan.toml").exists():
        raise BringupError(f"{folder} holds a run already", do=f"name another folder, or go on with --resume {folder}")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise unwritable(folder, error) from error
    if not os.access(folder, os.W_OK):
        raise BringupError(f"cannot write in {folder}", do="choose a folder that you may write with --folder")
    return folder


def unwritable(folder: Path, error: OSError) -> BringupError:
    """The sentence for a folder that cannot be made."""
    return BringupError(
        f"cannot make the folder {folder}", there=error.strerror or str(error), do="choose another with --folder"
    )


def write_outputs(context: Context, document: RunDocument, *, finished: bool) -> None:
    """Write `run.json`, `record.json`, `plan.toml` and, at the end, `series.csv`.

    Raises:
        BringupError: if the disk is full or the folder cannot be written; what was written before is intact.
    """
    folder = context.folder
    write_text(folder / "plan.toml", context.plan.to_toml())
    write_record(context.record, folder / "record.json")
    write_text(folder / "run.json", json.dumps(document.to_json(), indent=1, ensure_ascii=False, allow_nan=False) + "\n")
    if not finished:
        return
    lines = [
        f"{name},{step},{value!r},{series.unit}"
        for name, series in context.record.series.items()
        for step, value in zip(series.steps, series.values, strict=True)
    ]
    write_text(folder / "series.csv", "\n".join(["series,step,value,unit", *lines]) + "\n")
    if document.verdict.status != "stopped":
        shutil.rmtree(folder / "checkpoints", ignore_errors=True)
        (folder / "twin.csv").unlink(missing_ok=True)
