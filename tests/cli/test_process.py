"""What only a process of its own can show: the streams, the modules loaded, the reader that goes away."""

import os
import subprocess
import sys

HEAVY = {"torch", "sklearn", "polars", "altair", "numpy", "scipy", "pandas", "pydantic", "jinja2", "optuna"}


def python(program: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False, env=os.environ | environment
    )


def test_help_loads_nothing_heavy():
    program = """
import sys
sys.argv = ["bringup", "--help"]
from bringup.cli import main
try:
    main()
except SystemExit:
    print("loaded:", *{name.split(".")[0] for name in sys.modules}, file=sys.stderr)
"""
    done = python(program)
    assert done.stdout.startswith("Usage: bringup")
    assert not HEAVY & set(done.stderr.split())


def test_a_reader_that_goes_away_is_no_error():
    program = """
import sys
sys.argv = ["bringup", "plan", "x.csv"]
import types, bringup
bringup.api = sys.modules["bringup.api"] = types.SimpleNamespace(
    plan=lambda *a, **k: types.SimpleNamespace(to_toml=lambda: "line = 1\\n" * 200_000)
)
from bringup.cli import main
main()
"""
    reader = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert reader.stdout is not None
    assert reader.stderr is not None
    reader.stdout.readline()
    reader.stdout.close()
    assert reader.stderr.read() == ""
    reader.stderr.close()
    assert reader.wait(60) == 141


def test_a_stream_that_cannot_show_our_characters_ends_nothing():
    done = python(
        "from bringup.cli import main; import sys; sys.argv = ['bringup', 'run', '-h']; main()", PYTHONIOENCODING="ascii"
    )
    assert (done.returncode, done.stderr) == (0, "")
