"""The diagnosis of a script for a terminal."""

import io
from pathlib import Path

import pytest
from rich.cells import cell_len
from rich.console import Console

from bringup.findings import Where
from bringup.report import print_check, render_check_text
from bringup.report.excerpt import excerpt


def printed(document, width=80, **options) -> str:
    out = io.StringIO()
    print_check(document, Console(file=out, width=width, **options))
    return out.getvalue()


@pytest.mark.parametrize("width", [50, 80, 200])
def test_no_line_is_longer_than_eighty_columns_or_the_terminal(checked, width):
    lines = printed(checked, width).splitlines()
    assert max(map(cell_len, lines)) <= min(80, width)
    assert all(line == line.rstrip() for line in lines)


def test_the_verdict_comes_first_then_the_findings_in_their_order(check_of):
    text = printed(check_of("all"))
    lines = [line for line in text.splitlines() if line]
    assert "✗ Faulty: implementation, loss input" in lines[:3]
    places = [text.index(code) for code in ("LOS101 ", "LRN101 ", "ORD102 ")]
    assert places == sorted(places)
    assert "bringup explain LOS101" in lines[-1]


def test_the_line_of_code_is_marked_among_its_neighbours(check_of):
    lines = [line.strip() for line in printed(check_of("all")).splitlines()]
    assert "▸ 6 │ return torch.nn.functional.cross_entropy(probabilities, y)" in lines
    assert "4 │ probabilities = torch.softmax(model(x), dim=1)" in lines


def test_evidence_and_fix_are_there(check_of):
    text = printed(check_of("all"))
    for part in (
        "0.999",
        "step 0",
        "0 %",
        "- probabilities = torch.softmax(model(x), dim=1)",
        "+ logits = model(x)",
        "raw-logits",
    ):
        assert part in text


def test_what_was_ignored_is_only_counted(check_of):
    text = printed(check_of("all"))
    assert "1 passed, 1 not applicable, 1" in text
    assert "PRE101" not in text


def test_long_lists_are_cut(check_of):
    text = printed(check_of("many"))
    assert text.count("LOS101 initial") == 20
    assert "1,980 more findings" in text


def test_without_a_terminal_there_is_no_colour_and_nothing_that_steers_one(checked):
    text = printed(checked)
    assert "\x1b" not in text
    assert "\u202e" not in text


def test_colour_is_used_where_there_is_one(check_of, monkeypatch):
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert "\x1b[1;31m" in printed(check_of("all"), force_terminal=True, color_system="standard")
    assert "\x1b[1;31m" not in printed(check_of("all"), force_terminal=True, color_system="standard", no_color=True)


def test_a_terminal_without_unicode_gets_ascii(check_of):
    class Old(io.StringIO):
        encoding = "ascii"

    out = Old()
    Console(file=out, width=80).print(render_check_text(check_of("all")))
    assert out.getvalue().isascii()
    assert "> 6 | return" in out.getvalue()


@pytest.mark.parametrize(
    ("where", "numbers"),
    [
        (Where(file="a.py", line=1), [1, 2, 3]),
        (Where(file="a.py", line=3), [1, 2, 3, 4, 5]),
        (Where(file="a.py", line=6), [4, 5, 6]),
        (Where(file="a.py", line=99), None),
        (Where(file="missing.py", line=1), None),
        (Where(file="binary.py", line=1), None),
        (Where(file="a.py"), None),
        (Where(column="age"), None),
        (None, None),
    ],
)
def test_excerpts(tmp_path: Path, where, numbers):
    (tmp_path / "a.py").write_text("".join(f"    \tline {n}\n" for n in range(1, 7)) + "\n\n")
    (tmp_path / "binary.py").write_bytes(b"\xff\xfe\x00")
    found = excerpt(tmp_path, where)
    assert (found and [line.number for line in found.lines]) == numbers
    if found and where:
        assert [line.text for line in found.lines if line.hit] == [f"line {where.line}"]


def test_excerpts_of_other_encodings(tmp_path: Path):
    (tmp_path / "a.py").write_bytes("# coding: latin-1\nx = 'größe'\n".encode("latin-1"))
    found = excerpt(tmp_path, Where(file="a.py", line=2))
    assert found is not None
    assert found.lines[-1].text == "x = 'größe'"
