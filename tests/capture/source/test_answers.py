"""What a program makes of a model's answers, read from its text."""

import pytest

from bringup.capture.source.answers import argmax_line

TEXTS = {
    "out = model(x)\na = out.argmax(1)\n": 2,
    "out = model(x)\na = np.argmax(out, axis=1)\n": 2,
    "out = model(x)\na = out.argmax(axis=-1)\n": 2,
    "a = model(x).argmax(1)\n": 1,
    "a = np.argmax(model(x), axis=1)\n": 1,
    "out = model(x)\na = out.argmax(0)\n": None,
    "out = model(x)\na = out.argmax()\n": None,
    "out = model(x)\nout = other(x)\na = out.argmax(1)\n": None,
    "out = model(x)\na = other.argmax(1)\n": None,
    "out = model(x)\na = out.argmax(1) if out.shape[1] > 1 else out > 0\n": None,
    "out = model(x)\nif out.shape[1] > 1:\n    a = out.argmax(1)\n": None,
    "def f(x):\n    out = model(x)\n    return out\ndef g(out):\n    return out.argmax(1)\n": None,
}


@pytest.mark.parametrize("text", TEXTS)
def test_an_argmax_over_columns_of_what_a_call_gives(tmp_path, text):
    path = tmp_path / "train.py"
    path.write_text(text)
    line = next(number for number, content in enumerate(text.splitlines(), 1) if "model(x)" in content)
    found = argmax_line((str(path), line))
    assert found == (None if TEXTS[text] is None else (str(path), TEXTS[text]))


def test_no_text():
    assert argmax_line(None) is None
    assert argmax_line(("<stdin>", 3)) is None
