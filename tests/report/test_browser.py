"""The report in a browser: no sideways scrolling at any width, no error, and a picture that is not blank."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from bringup.report import render_check_html, render_html

CHROMIUM = next((path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None)
FLAGS = "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking"
FLAGS += " --disable-component-update --disable-sync --hide-scrollbars"
PROBE = """<script>addEventListener("load",function(){var root=document.documentElement;
var paper=getComputedStyle(document.body).backgroundColor;
parent.postMessage([root.scrollWidth,root.clientWidth,paper].join(" "),"*")})</script></body>"""
FRAME = """<!doctype html><body><iframe src="page.html" style="border:0;width:{width}px;height:900px"></iframe>
<script>addEventListener("message",function(e){{document.title="measured "+e.data}})</script></body>"""

pytestmark = [pytest.mark.slow, pytest.mark.skipif(CHROMIUM is None, reason="needs chromium, for a look at the report")]


def browse(folder: Path, address: Path, *options: str) -> str:
    """Open a page with a profile of its own, and return what the browser prints."""
    assert CHROMIUM
    command = [CHROMIUM, *FLAGS.split(), f"--user-data-dir={folder / 'profile'}", *options, address.as_uri()]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=True).stdout


def measured(page: str, folder: Path, width: int, *options: str) -> list[str]:
    """The page's scroll width, client width and background in a frame of this width."""
    html = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", page)
    (folder / "page.html").write_text(html.replace("</body>", PROBE).replace("<details", "<details open"))
    (folder / "frame.html").write_text(FRAME.format(width=width))
    title = re.search("<title>measured ([^<]*)</title>", browse(folder, folder / "frame.html", "--dump-dom", *options))
    assert title, "the page did not load"
    return title.group(1).split(" ", 2)


@pytest.mark.parametrize("width", [360, 768, 1440])
def test_the_page_never_scrolls_sideways(sample, tmp_path, width):
    scrolled, seen, _ = measured(render_html(sample.document, sample.record), tmp_path, width, "--window-size=1600,1000")
    assert int(seen) == width
    assert int(scrolled) == width


@pytest.mark.parametrize("width", [360, 1440])
def test_nor_does_that_of_a_check(checked, tmp_path, width):
    scrolled, seen, _ = measured(render_check_html(checked), tmp_path, width, "--window-size=1600,1000")
    assert int(seen) == width
    assert int(scrolled) == width


@pytest.mark.parametrize(("scheme", "paper"), [(1, "rgb(255, 255, 255)"), (0, "rgb(22, 23, 26)")], ids=["light", "dark"])
def test_it_follows_the_colours_that_the_reader_prefers(adult, tmp_path, scheme, paper):
    page = render_html(adult.document, adult.record)
    assert measured(page, tmp_path, 1000, f"--blink-settings=preferredColorScheme={scheme}")[2] == paper


def test_its_picture_is_not_blank(adult, tmp_path):
    (tmp_path / "report.html").write_text(render_html(adult.document, adult.record))
    browse(tmp_path, tmp_path / "report.html", f"--screenshot={tmp_path / 'report.png'}", "--window-size=1000,3000")
    assert (tmp_path / "report.png").stat().st_size > 100_000


def test_it_prints(adult, tmp_path):
    (tmp_path / "report.html").write_text(render_html(adult.document, adult.record))
    browse(tmp_path, tmp_path / "report.html", f"--print-to-pdf={tmp_path / 'report.pdf'}", "--no-pdf-header-footer")
    assert (tmp_path / "report.pdf").read_bytes().startswith(b"%PDF")
