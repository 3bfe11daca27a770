"""Random tables, random targets: an answer or a sentence, and never anything else."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

CELLS = st.one_of(
    st.just(""),
    st.sampled_from(
        [
            "?",
            "NA",
            "nan",
            "inf",
            "-1",
            "0",
            "99999",
            "yes",
            "no",
            "true",
            "2024-02-30",
            "1,5",
            "1.234,5",
            '"',
            "'",
            "=1+1",
            "é",
        ]
    ),
    st.integers(-(10**20), 10**20).map(str),
    st.floats(allow_nan=True, allow_infinity=True).map(str),
    st.dates().map(str),
    st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=12),
)
NAMES = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=8)


@st.composite
def tables(draw: st.DrawFn) -> tuple[str, str]:
    """Draw the text of a table, and the name of a target that it may or may not have."""
    names = draw(st.lists(NAMES, min_size=1, max_size=5))
    columns = [draw(st.lists(CELLS, min_size=1, max_size=6)) for _ in names]
    rows = draw(st.integers(0, 60))
    separator = draw(st.sampled_from([",", ";", "\t", "|"]))
    quoted = draw(st.booleans())

    def cell(text: str) -> str:
        return '"' + text.replace('"', '""') + '"' if quoted else text

    content = [
        separator.join(cell(column[(row * step) % len(column)]) for step, column in enumerate(columns, 1))
        for row in range(rows)
    ]
    return "\n".join([separator.join(map(cell, names)), *content]), draw(st.sampled_from([*names, "y"]))


def check(bringup, folder, table, *options):
    text, target = table
    path = folder / "any.csv"
    path.write_bytes(text.encode("utf-8", "surrogateescape"))
    called = bringup("run", path, f"--target={target}", "--quiet", "--format=json", "--folder", folder / "run", *options)
    assert called.code in (0, 1, 2), called
    if called.code == 2:
        assert called.out == ""
        assert called.sentence
    else:
        assert json.loads(called.out)["schema"] == 1


@settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(table=tables())
def test_reading_any_table(bringup, tmp_path_factory, table):
    check(bringup, tmp_path_factory.mktemp("any"), table, "--until", "data")


@pytest.mark.slow
@settings(max_examples=15, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(table=tables())
def test_the_whole_recipe_on_any_table(bringup, tmp_path_factory, table):
    check(bringup, tmp_path_factory.mktemp("any"), table, "--keep-going")
