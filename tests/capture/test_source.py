"""The line that a person changes is that of the argument."""

from bringup.capture.source import argument_lines


def test_each_argument_has_its_line(tmp_path):
    path = tmp_path / "train.py"
    path.write_text("import torch\noptimizer = make(\n    wrap(model, deep=True),\n    lr=0.1,\n    weight_decay=0.5,\n)\n")
    assert argument_lines((str(path), 2)) == {"lr": 4, "weight_decay": 5}
    assert argument_lines((str(path), 3)) == {"deep": 3}
    assert argument_lines((str(path), 1)) == {}


def test_text_that_cannot_be_read(tmp_path):
    broken = tmp_path / "broken.py"
    broken.write_text("f(lr=1\n")
    assert argument_lines((str(broken), 1)) == {}
    assert argument_lines((str(tmp_path / "absent.py"), 1)) == {}
    assert argument_lines(None) == {}
