"""Drawings of one run: text for the terminal, JSON for programs, one offline HTML file for people.

Importing this package is free; altair, vl-convert and jinja2 are loaded when HTML is drawn, rich when text is.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bringup.report.html import render_html, write_html
    from bringup.report.json import json_schema, render_json
    from bringup.report.text import print_text, render_text

LAZY = {
    "render_html": "bringup.report.html",
    "write_html": "bringup.report.html",
    "render_json": "bringup.report.json",
    "json_schema": "bringup.report.json",
    "print_text": "bringup.report.text",
    "render_text": "bringup.report.text",
}

__all__ = ["json_schema", "print_text", "render_html", "render_json", "render_text", "write_html"]


def __getattr__(name: str) -> Any:
    if name in LAZY:
        return getattr(import_module(LAZY[name]), name)
    raise AttributeError(f"module 'bringup.report' has no attribute {name!r}")
