"""The diagnosis of a script as a page: whole without a network, whatever the program says."""

import re
import subprocess
import sys
from html.parser import HTMLParser
from itertools import pairwise

import pytest

from bringup.report import render_check_html, write_check_html

VOID = {"meta", "link", "br", "img", "input", "hr"}
LOADING = {"src", "srcset", "data", "poster", "action", "formaction", "background"}


class Page(HTMLParser):
    """Every element with its attributes; the tags must nest."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.text: dict[str, str] = {}
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open:
            self.text[self.open[-1]] = self.text.get(self.open[-1], "") + data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attrs for name, attrs in self.elements if name == tag]


@pytest.fixture(scope="module")
def page(checked):
    return Page(render_check_html(checked))


def test_the_page_is_sound(page):
    assert page.open == []
    for tag in ("h1", "main", "header", "footer", "nav", "title", "script"):
        assert len(page.all(tag)) == 1, tag
    ids = [attrs["id"] for _, attrs in page.elements if "id" in attrs]
    assert len(ids) == len(set(ids))
    assert {link["href"][1:] for link in page.all("a")} <= set(ids)
    levels = [int(tag[1]) for tag, _ in page.elements if re.fullmatch("h[1-6]", tag)]
    assert all(after - before <= 1 for before, after in pairwise(levels))
    assert len(page.all("table")) == len(page.all("caption"))


def test_nothing_is_loaded_from_outside_and_nothing_runs_but_our_script(page):
    for tag, attrs in page.elements:
        assert tag not in ("iframe", "object", "embed", "base", "img")
        assert not (LOADING & set(attrs)), (tag, attrs)
        assert not any(name.startswith("on") for name in attrs), (tag, attrs)
    assert "alert(" not in page.text["script"]


def test_it_holds_the_verdict_the_code_the_evidence_and_what_was_checked(check_of):
    html = render_check_html(check_of("all"))
    page = Page(html)
    assert "cross_entropy" in page.text["code"]
    assert len([span for span in page.all("span") if span.get("class") == "hit"]) == 1
    assert "0.9999998" in {attrs.get("title") for attrs in page.all("td")}
    for part in ("NUM101", "LEK101", "ignored at train.py:4", "not applicable", "- probabilities = torch.softmax"):
        assert part in html


def test_hostile_texts_stay_text(check_of):
    html = render_check_html(check_of("hostile"))
    assert "<script>alert" not in html
    assert "\x1b" not in html
    assert "\u202e" not in html


def test_the_most_findings_stay_small(check_of):
    assert len(render_check_html(check_of("many"))) < 1_500_000


def test_it_is_written_whole(check_of, tmp_path):
    path = write_check_html(check_of("all"), tmp_path / "new" / "check.html")
    assert path.read_text() == render_check_html(check_of("all"))


def test_charts_are_not_loaded_for_it():
    program = "import sys, bringup.report.check_html; print(*{name.split('.')[0] for name in sys.modules})"
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.split()
    assert not {"altair", "vl_convert", "torch", "polars"} & set(loaded)
