"""Drawings of a run and of a check: text for the terminal, JSON for programs, one offline HTML file for people.

Importing this package is free; altair, vl-convert and jinja2 are loaded when HTML is drawn, rich when text is.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bringup.report.check_html import render_check_html, write_check_html
    from bringup.report.check_text import print_check, render_check_text
    from bringup.report.github import render_github
    from bringup.report.html import render_html, write_html
    from bringup.report.json import json_schema, render_json
    from bringup.report.sarif import render_sarif
    from bringup.report.text import print_text, render_text

LAZY = {
    "render_html": "bringup.report.html",
    "write_html": "bringup.report.html",
    "render_json": "bringup.report.json",
    "json_schema": "bringup.report.json",
    "print_check": "bringup.report.check_text",
    "print_text": "bringup.report.text",
    "render_check_html": "bringup.report.check_html",
    "render_check_text": "bringup.report.check_text",
    "render_github": "bringup.report.github",
    "render_sarif": "bringup.report.sarif",
    "render_text": "bringup.report.text",
    "write_check_html": "bringup.report.check_html",
}

__all__ = [
    "json_schema",
    "print_check",
    "print_text",
    "render_check_html",
    "render_check_text",
    "render_github",
    "render_html",
    "render_json",
    "render_sarif",
    "render_text",
    "write_check_html",
    "write_html",
]


def __getattr__(name: str) -> Any:
    if name in LAZY:
        return getattr(import_module(LAZY[name]), name)
    raise AttributeError(f"module 'bringup.report' has no attribute {name!r}")
