"""The HTML report: one file, whole without a network, readable by people and by screen readers, whatever the data say."""

import re
import subprocess
import sys
from html.parser import HTMLParser
from itertools import pairwise

import pytest

from bringup.report import palette, render_html, write_html

VOID = {"meta", "link", "br", "img", "input", "hr"}
LOADING = {"src", "srcset", "data", "poster", "action", "formaction", "background"}


class Page(HTMLParser):
    """Every element of a page with its attributes, and whether the tags nest."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.text: dict[str, list[str]] = {}
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open, f"</{tag}> closes nothing"
        assert self.open[-1] == tag, f"</{tag}> closes <{self.open[-1]}>"
        self.open.pop()

    def handle_data(self, data):
        if self.open:
            self.text.setdefault(self.open[-1], []).append(data)

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attrs for name, attrs in self.elements if name == tag]


@pytest.fixture(scope="module")
def page(sample):
    return Page(render_html(sample.document, sample.record))


def test_tags_nest_and_landmarks_are_there_once(page):
    assert page.open == []
    for tag in ("h1", "main", "header", "footer", "nav", "title"):
        assert len(page.all(tag)) == 1, tag
    assert page.all("html") == [{"lang": "en"}]
    assert page.all("a")[0]["href"] == "#content"
    assert page.all("main")[0]["id"] == "content"


def test_nothing_is_loaded_from_outside(page):
    for tag, attrs in page.elements:
        assert tag not in ("iframe", "object", "embed", "base", "img")
        assert not (LOADING & set(attrs)), (tag, attrs)
        assert not any(name.startswith("on") for name in attrs), (tag, attrs)
    assert [link["href"] for link in page.all("link")] == ["data:,"]
    style = "".join(page.text["style"])
    assert "url(" not in style
    assert "@import" not in style
    policy = next(meta["content"] for meta in page.all("meta") if meta.get("http-equiv"))
    assert policy is not None
    assert "default-src 'none'" in policy


def test_every_picture_has_a_name_and_every_table_a_caption(page):
    for svg in page.all("svg"):
        assert svg.get("aria-hidden") == "true" or (svg.get("role") == "img" and svg.get("aria-label"))
    assert len(page.all("table")) == len(page.all("caption"))
    for region in (attrs for attrs in page.all("div") if attrs.get("role") == "region"):
        assert region["aria-label"]
        assert region["tabindex"] == "0"


def test_ids_are_unique_and_links_inside_the_page_lead_somewhere(page):
    ids = [attrs["id"] for _, attrs in page.elements if "id" in attrs]
    assert len(ids) == len(set(ids))
    inner = {link["href"] for link in page.all("a") if (link["href"] or "").startswith("#")}
    assert {href[1:] for href in inner if href} <= set(ids)


def test_headings_leave_out_no_level(page):
    levels = [int(tag[1]) for tag, _ in page.elements if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_all_sections_are_drawn_for_a_full_run(adult):
    page = Page(render_html(adult.document, adult.record))
    assert [section["id"] for section in page.all("section")] == [
        "steps", "findings", "comparison", "curves", "one-batch", "layers", "error", "improvements", "columns", "plan",
    ]  # fmt: skip
    assert len([svg for svg in page.all("svg") if "chart wide" in (svg.get("class") or "")]) == 7
    assert len([svg for svg in page.all("svg") if svg.get("class") == "spark"]) == 15
    assert adult.document.verdict.summary in "".join(page.text["h1"])
    assert {"0.871", "0.852", "0.764"} <= set("".join(page.text["text"]).replace("0.", " 0.").split())


def test_exact_figures_stand_in_titles(adult):
    titles = {attrs["title"] for _, attrs in Page(render_html(adult.document, adult.record)).elements if "title" in attrs}
    assert {"0.8709", "14082", "0.0981", "3974305"} <= titles


def test_a_run_stopped_early_says_what_was_not_reached_and_draws_nothing_empty(stopped_run):
    page = Page(render_html(stopped_run.document, stopped_run.record))
    assert [section["id"] for section in page.all("section")] == ["steps", "findings", "plan"]
    assert sum(item.get("class") == "not-reached" for item in page.all("li")) == 9
    assert "not reached" in "".join(page.text["span"])


def test_hostile_names_stay_text(hostile_run):
    html = render_html(hostile_run.document, hostile_run.record)
    page = Page(html)
    assert len(page.all("script")) == 1
    assert "alert(" not in "".join(page.text["script"])
    assert "<script>alert" not in html
    assert "\x1b" not in html
    assert "\u202e" not in html
    assert all((link["href"] or "").startswith(("#", "https://")) for link in page.all("a"))
    assert "not finite" in html


def test_the_script_is_the_one_that_the_policy_names(adult):
    import base64
    import hashlib

    page = Page(render_html(adult.document, adult.record))
    code = base64.b64encode(hashlib.sha256("".join(page.text["script"]).encode()).digest()).decode()
    assert any(code in (meta.get("content") or "") for meta in page.all("meta"))


def test_a_report_of_ten_thousand_columns_is_small(ten_thousand_columns):
    html = render_html(ten_thousand_columns.document, ten_thousand_columns.record)
    assert len(html.encode()) < 3_000_000
    assert "and 9,960 more columns" in html


def test_the_same_run_gives_the_same_file(adult, tmp_path):
    path = write_html(adult.document, adult.record, tmp_path / "new" / "report.html")
    assert path.read_text() == render_html(adult.document, adult.record)
    assert path.stat().st_size < 250_000


def luminance(colour: str) -> float:
    """WCAG 2.2, relative luminance."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """WCAG 2.2, contrast ratio."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_contrast(scheme):
    colours = {name: pair[scheme] for name, pair in palette.COLOURS.items()}
    papers = [colours[name] for name in colours if name in ("paper", "raised") or name.endswith("-tint")]
    for name in palette.TEXT:
        grounds = papers if name in ("ink", "muted") else [colours["paper"]]
        assert min(contrast(colours[name], paper) for paper in grounds) >= 4.5, name
    for name in palette.MARKS:
        assert contrast(colours[name], colours["paper"]) >= 3, name


def loaded(code: str, names: tuple[str, ...]) -> set[str]:
    """Which of these modules a fresh interpreter holds after running the code."""
    code = f"{code}\nimport sys\nprint(*[name for name in {names!r} if name in sys.modules])"
    return set(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split())


def test_importing_the_package_loads_nothing_heavy():
    assert loaded("import bringup.report", ("altair", "vl_convert", "jinja2", "rich", "torch", "sklearn", "pydantic")) == set()


def test_text_and_json_load_no_drawing_engine():
    code = "import bringup.report as r; r.print_text, r.render_json"
    assert loaded(code, ("altair", "vl_convert", "jinja2", "torch", "sklearn")) == set()
