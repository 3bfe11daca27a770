"""Charts as inline SVG: drawn once in the light colours, with no script, no font and no address in them."""

import re
from html import escape
from itertools import count
from typing import Any

import altair as alt
import vl_convert
from markupsafe import Markup

from bringup.report.palette import INK, MUTED, RULE
from bringup.report.words import clean

FONT = "system-ui, sans-serif"
NAMESPACES = re.compile(
    r' xmlns(?::xlink)?="[^"]*"| version="1.1"| class="[^"]*"| pointer-events="none"| aria-[a-z]+="[^"]*"| role="[^"]*"'
)
CARRIED = re.compile(r' font-family="[^"]*"| opacity="1"| stroke-miterlimit="10"| text-anchor="start"')
NOTHING = re.compile(r'<path (?:d="M0,0h[\d.]+v[\d.]+h-?[\d.]+Z")/>|<g></g>')
ROOT = re.compile(r"^<svg[^>]*viewBox=\"([^\"]*)\"[^>]*>")
TAG = re.compile(r"<[^>]*>")
LONG = re.compile(r"(\d+\.\d{2})\d+")
_numbers = count()


def draw(chart: Any, label: str, *, variant: str = "") -> Markup:
    """Return the chart as an `<svg>` that is one picture with one name for a screen reader.

    Args:
        chart: An altair chart, without a configuration of its own.
        label: What the picture shows, in a sentence.
        variant: "wide" or "narrow", where the style sheet chooses between two drawings by the width of the screen.
    """
    svg = vl_convert.vegalite_to_svg(_configured(chart).to_dict())
    svg = NAMESPACES.sub("", svg)
    box = ROOT.match(svg)
    width = box.group(1).split()[2] if box else "400"
    view = box.group(1) if box else ""
    name = escape(clean(label))
    head = f'<svg class="chart {variant}" role="img" aria-label="{name}" viewBox="{view}" style="--w:{width}px">'
    body = _own_ids(TAG.sub(_short, CARRIED.sub("", ROOT.sub("", svg))))
    while (smaller := NOTHING.sub("", body)) != body:
        body = smaller
    return Markup(head + body)


def _short(tag: re.Match[str]) -> str:
    """Two digits are enough for a place on the paper; the text between the tags keeps all of its own."""
    return LONG.sub(r"\1", tag.group())


def _own_ids(body: str) -> str:
    """Make the ids of clip paths unique in the page: many drawings share it."""
    if "id=" not in body:
        return body
    prefix = f"v{next(_numbers)}-"
    return body.replace('id="', f'id="{prefix}').replace("url(#", f"url(#{prefix}")


def _configured(chart: Any) -> Any:
    text = {"labelColor": MUTED, "titleColor": MUTED, "labelFontSize": 12, "titleFontSize": 12, "titleFontWeight": "normal"}
    axis = alt.AxisConfig(
        **text, domain=False, ticks=False, gridColor=RULE, labelPadding=6, titlePadding=8, labelFont=FONT, titleFont=FONT
    )
    return chart.configure(
        aria=False,
        background="transparent",
        axis=axis,
        view=alt.ViewConfig(stroke=None),
        text=alt.MarkConfig(font=FONT, fontSize=12, color=INK),
        padding={"left": 2, "right": 2, "top": 4, "bottom": 2},
    )
