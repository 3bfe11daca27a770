"""Lines where numbers and values are written down."""

from pathlib import Path

from bringup.capture.source.syntax import line_of_argument, line_of_number

PROGRAM = """\
WIDTH = 3
class Net:
    def __init__(self, inputs, hidden=5):
        self.a = Linear(inputs, hidden)
        self.b = Linear(hidden, 7)
def evaluate(model, x, y):
    return model(x)
net = Net(WIDTH)
small = Net(WIDTH, hidden=WIDTH)
test = FloatTensor(raw)
evaluate(net, test, truth)
net(test)
"""


def places(tmp_path: Path, *lines: int) -> tuple[tuple[str, int], ...]:
    path = tmp_path / "train.py"
    path.write_text(PROGRAM)
    return tuple((str(path), line) for line in lines)


def test_a_constant_is_followed_through_the_constructor(tmp_path):
    at = places(tmp_path, 4, 9)
    assert line_of_number(at, 3) == (at[0][0], 1)


def test_a_default_is_its_own_line(tmp_path):
    at = places(tmp_path, 4, 8)
    assert line_of_number(at, 5) == (at[0][0], 3)


def test_a_number_in_the_call_itself_has_no_other_line(tmp_path):
    assert line_of_number(places(tmp_path, 5, 8), 7) is None


def test_an_argument_is_followed_to_its_assignment(tmp_path):
    at = places(tmp_path, 12)
    assert line_of_argument(at) == (at[0][0], 10)
    at = places(tmp_path, 7, 11)
    assert line_of_argument(at) == (at[0][0], 10)


def test_a_file_that_is_no_program(tmp_path):
    path = tmp_path / "broken.py"
    path.write_text("def (")
    assert line_of_number(((str(path), 1),), 3) is None
    assert line_of_argument(((str(path), 1),)) is None
