"""The line that a person changes is that of the argument."""

import pytest

from bringup.capture.source.arguments import argument_lines


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


NAMED = {
    "lr = 0.1\n\nmake(model, lr)\n": 1,
    "LR = 5\nlr = 0.1\n\nmake(model, lr=lr)\n": 2,
    "def train(lr=0.1):\n    pass\n\nmake(model, lr)\n": 1,
    "parser.add_argument(\n    '--lr', default=0.1)\n\nmake(model, lr=args.lr)\n": 2,
    "config = {'rows': 3,\n    'lr': 0.1}\n\nmake(model, lr=config['lr'])\n": 2,
    "class Config:\n    lr: float = 0.1\n\nmake(model, lr=config.lr)\n": 2,
    "lr, rows = 0.1, 3\n\n\nmake(model, lr)\n": 1,
    "lr = 0.3\n\n\nmake(model, lr)\n": 4,  # not the number that was seen
    "lr = 0.1\nlr = 0.1\n\nmake(model, lr)\n": 4,  # on which line, nobody can tell
    "lr = 1 / 10\n\n\nmake(model, lr)\n": 4,
    "more = [model]\n\n\nmake(*more, lr)\n": None,
}


@pytest.mark.parametrize("text", NAMED)
def test_a_name_is_followed_to_where_it_is_given_its_number(tmp_path, text):
    path = tmp_path / "train.py"
    path.write_text(text)
    line = next(number for number, content in enumerate(text.splitlines(), 1) if content.startswith("make"))
    assert argument_lines((str(path), line), {"lr": 0.1}, ("params", "lr")).get("lr") == NAMED[text]
