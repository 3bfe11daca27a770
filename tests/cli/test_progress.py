"""What a run looks like from a terminal, and from a log."""

import io

import pytest
from rich.console import Console

from bringup.cli.progress import Lines, LiveLine, watch
from bringup.recipe.document import StepResult
from bringup.recipe.progress import Silent


def result(status: str) -> StepResult:
    return StepResult.model_validate({"step": "train", "status": status, "summary": "loss [0.31]", "seconds": 1.25})


@pytest.mark.parametrize(("encoding", "marks"), [("utf-8", "✓✗–"), ("ascii", "+x-")])
def test_one_line_a_step(encoding, marks):
    stream = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    lines = Lines(Console(file=stream, soft_wrap=True))
    for status in ("passed", "failed", "skipped"):
        lines.step_ended(result(status))
    lines.step_started("train", "mlp")
    lines.training("mlp", 1, 2, 0.3)
    stream.seek(0)
    assert [line.split() for line in stream] == [[mark, "train", "loss", "[0.31]", "1.2", "s"] for mark in marks]


def test_a_live_line_never_takes_two():
    line = LiveLine(Console(file=io.StringIO(), force_terminal=True, width=40))
    assert str(line.draw()) == ""
    line.step_started("train", "a very long description of what is being done here")
    line.training("mlp", 3, 100, 0.123456)
    line.draw()
    assert 0 < len(str(line.spinner.text)) <= 36
    line.step_ended(result("passed"))
    assert str(line.draw()) == ""


def test_watch_suits_the_stream():
    with watch(quiet=True) as progress:
        assert isinstance(progress, Silent)
    with watch() as progress:
        assert type(progress) is Lines
