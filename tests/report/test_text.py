"""The report for a terminal."""

import io

import pytest
from rich.cells import cell_len
from rich.console import Console

from bringup.report import print_text, render_text


def printed(document, width=80, **options) -> str:
    out = io.StringIO()
    print_text(document, Console(file=out, width=width, **options))
    return out.getvalue()


@pytest.mark.parametrize("width", [50, 80, 200])
def test_no_line_is_longer_than_eighty_columns_or_the_terminal(sample, width):
    lines = printed(sample.document, width).splitlines()
    assert max(map(cell_len, lines)) <= min(80, width)


def test_the_verdict_comes_first_and_the_path_last(adult):
    lines = [line.rstrip() for line in printed(adult.document).splitlines() if line.strip()]
    assert lines[1] == "✓ Good"
    assert lines[2].startswith("Boosted trees predict income")
    assert lines[-1].split() == ["Report", adult.document.report]


def test_every_part_is_there_without_colour(adult):
    text = printed(adult.document)
    assert "\x1b" not in text
    for code in ("LEK101", "FEA104", "SPL102", "IMB101"):
        assert code in text
    for figure in ("0.871", "0.866–0.876", "0.852", "within spread", "0.098", "1 min 11 s"):
        assert figure in text
    assert text.count("●") == 5


def test_steps_that_were_not_reached_are_named(stopped_run):
    text = printed(stopped_run.document)
    assert "✗ Stopped at “Data”" in text
    assert "not reached" in text
    assert "Models" not in text


def test_control_characters_do_not_reach_the_terminal(hostile_run):
    text = printed(hostile_run.document)
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert "<script>" in text


def test_markup_in_the_data_is_not_obeyed(adult):
    verdict = adult.document.verdict.model_copy(update={"summary": "[red]not a colour[/red] [/]"})
    assert "[red]not a colour[/red] [/]" in printed(adult.document.model_copy(update={"verdict": verdict}))


def test_a_terminal_without_unicode_gets_ascii(adult):
    class Old(io.StringIO):
        encoding = "ascii"

    out = Old()
    Console(file=out, width=80).print(render_text(adult.document))
    assert out.getvalue().isascii()
    assert "+ Good" in out.getvalue()


def test_colour_is_used_where_there_is_one(adult):
    assert "\x1b[" in printed(adult.document, force_terminal=True, color_system="standard")
