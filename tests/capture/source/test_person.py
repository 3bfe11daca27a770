"""Which frames are the person's."""

import linecache
import sys
import sysconfig
from pathlib import Path
from types import SimpleNamespace

import pytest

from bringup.capture.source import person as module
from bringup.capture.source.person import MOST_CALLERS, Person, cell_of


def call(function):
    return function()


def test_the_innermost_frame_is_found(tmp_path):
    program = tmp_path / "program.py"
    lines = [
        "def inner():",
        "    return person.place(2)",
        "def outer():",
        "    return (",
        "        inner()",
        "    )",
        "place = outer()",
    ]
    names = {"person": Person(tmp_path)}
    exec(compile("\n".join(lines), str(program), "exec"), names)
    assert names["place"] == (str(program), 5)  # as seen from the caller of `inner`


def test_callers_come_innermost_first_and_are_bounded(tmp_path):
    program = tmp_path / "program.py"
    lines = ["def f0():", "    return person.places(1)"]
    for number in range(1, 9):
        lines += [f"def f{number}():", f"    return f{number - 1}()"]
    names = {"person": Person(tmp_path)}
    exec(compile("\n".join([*lines, "places = f8()"]), str(program), "exec"), names)
    assert [line for _, line in names["places"]] == [2, 4, 6, 8][:MOST_CALLERS]


@pytest.mark.parametrize(
    "foreign",
    [
        sysconfig.get_paths()["stdlib"] + "/json/decoder.py",
        sysconfig.get_paths()["purelib"] + "/torch/nn/modules/module.py",
        str(Path(module.__file__)),
        "<frozen runpy>",
        "<string>",
    ],
)
def test_what_is_installed_is_not_the_persons(tmp_path, foreign):
    assert not Person(tmp_path).owns(foreign)


def test_a_virtual_environment_below_the_program_is_not_the_persons(tmp_path):
    assert not Person(tmp_path).owns(str(tmp_path / ".venv/lib/python3.11/site-packages/torch/optim/adam.py"))
    assert Person(tmp_path).owns(str(tmp_path / "lib" / "model.py"))


def test_a_program_among_installed_packages_is_the_persons():
    root = Path(sysconfig.get_paths()["purelib"]) / "example"
    person = Person(root)
    assert person.owns(str(Path(sysconfig.get_paths()["purelib"]).resolve() / "torch" / "x.py")) is False


def test_notebook_cells_are_the_persons(tmp_path):
    assert Person(tmp_path).owns("<ipython-input-3-1f2e>")
    assert Person(tmp_path).owns("/tmp/ipykernel_77/123456.py")


def test_files_are_named_relative_to_the_program(tmp_path):
    person = Person(tmp_path)
    assert person.where((str(tmp_path / "lib" / "model.py"), 3)).file == "lib/model.py"
    assert person.where(("/elsewhere/model.py", 3)).file == "/elsewhere/model.py"
    assert person.where(None) is None


class Compiler:
    """What IPython's compiler says of the names that it gives to cells."""

    def format_code_name(self, name: str) -> tuple[str, str] | None:
        return ("Cell", "In[3]") if name == "/tmp/ipykernel_7/815.py" else None


def test_a_cell_of_a_notebook_is_named_as_its_tracebacks_name_it(tmp_path, monkeypatch):
    shell = SimpleNamespace(compile=Compiler())
    monkeypatch.setitem(sys.modules, "IPython", SimpleNamespace(get_ipython=lambda: shell))
    monkeypatch.setitem(linecache.cache, "/tmp/ipykernel_7/815.py", (6, None, ["x = 1\n"], "815.py"))
    where = Person(tmp_path).where(("/tmp/ipykernel_7/815.py", 1))
    assert where is not None
    assert str(where) == "Cell In[3]:1"
    assert linecache.getline(str(tmp_path / where.file), where.line) == "x = 1\n"
    (tmp_path / "train.py").touch()
    assert str(Person(tmp_path).where((str(tmp_path / "train.py"), 2))) == "train.py:2"


def test_no_shell_is_no_notebook(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "IPython", SimpleNamespace(get_ipython=lambda: None))
    assert cell_of("/tmp/ipykernel_7/815.py") is None
