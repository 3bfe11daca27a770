"""The colours: one pair (light, dark) for each job. Text reaches WCAG AA (4.5:1) on its paper, marks 3:1; a test holds that.

The charts are drawn in the light colours; the style sheet maps each of them to its variable, so one SVG serves both schemes.
"""

PAPER = ("#ffffff", "#16171a")
COLOURS = {
    "paper": PAPER,
    "raised": ("#f6f6f4", "#1f2125"),
    "rule": ("#e4e3df", "#33363c"),
    "ink": ("#1d1e21", "#e9e8e4"),
    "muted": ("#5c6068", "#a4a8b0"),
    "accent": ("#1b5fae", "#7db4f3"),
    "second": ("#a2540f", "#eea564"),
    "quiet": ("#7f8690", "#8b929c"),
    "good": ("#146c43", "#63c795"),
    "good-tint": ("#e8f4ed", "#172c22"),
    "warn": ("#8a5300", "#eab054"),
    "warn-tint": ("#fbf1de", "#302614"),
    "bad": ("#b02a1f", "#f4897e"),
    "bad-tint": ("#fcecea", "#371d1b"),
    "info-tint": ("#eaf1fa", "#1a2737"),
}
TEXT = ("ink", "muted", "accent", "second", "good", "warn", "bad")
MARKS = ("quiet",)
INK, MUTED, RULE = COLOURS["ink"][0], COLOURS["muted"][0], COLOURS["rule"][0]
ACCENT, SECOND, QUIET, BAD = COLOURS["accent"][0], COLOURS["second"][0], COLOURS["quiet"][0], COLOURS["bad"][0]
CHART = ("paper", "ink", "muted", "rule", "accent", "second", "quiet", "bad")
