"""A diagnosis that shows itself."""

from io import StringIO

from rich.console import Console

from bringup.report import render_check_html
from bringup.report.shown import Shown


def test_a_page_in_a_frame(checked):
    shown = Shown.of(checked)._repr_html_()
    assert shown.startswith("<iframe")
    assert shown.count("<iframe") == 1
    assert len(shown) > len(render_check_html(checked))


def test_text(checked):
    shown = Shown.of(checked)
    assert repr(shown) == str(shown)
    assert (checked.verdict.code or "") in repr(shown)
    out = StringIO()
    Console(file=out, width=100).print(shown)
    assert [line.rstrip() for line in out.getvalue().rstrip().splitlines()] == repr(shown).splitlines()


def test_the_same_document(checked):
    assert Shown.of(checked).to_json() == checked.to_json()
