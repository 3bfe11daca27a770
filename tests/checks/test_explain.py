"""The page of a check, and the documentation that is made of pages."""

import importlib.util
from pathlib import Path

import pytest

from bringup.checks import CHECKS, SECTIONS
from bringup.checks.explain import explain, find
from bringup.errors import BringupError

DOCS = Path(__file__).parents[2] / "docs"


def generated() -> dict[str, str]:
    spec = importlib.util.spec_from_file_location("generate_checks", DOCS / "generate_checks.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.pages()


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.code)
def test_found_by_code_and_name(check):
    assert find(check.code.lower()) is check
    assert find(check.name) is check
    assert find(check.name.replace("-", "_").upper()) is check


def test_a_page_holds_everything():
    text = explain("LEK101")
    check = find("LEK101")
    for part in (check.code, check.name, check.family.value, check.family.cause.value, check.severity.value, *SECTIONS):
        assert part in text
    assert check.bad.strip() in text
    assert check.good.strip() in text
    assert all(name in text for name in check.thresholds)


@pytest.mark.parametrize(("wrong", "nearest"), [("LEK1001", "LEK101"), ("target-cpy", "LEK101"), ("constant", "FEA101")])
def test_unknown_names_say_the_nearest(wrong, nearest):
    with pytest.raises(BringupError) as error:
        explain(wrong)
    assert nearest in error.value.there


def test_unknown_without_a_neighbour():
    with pytest.raises(BringupError) as error:
        explain("§§§")
    assert error.value.there == ""


def test_documentation_is_up_to_date():
    on_disk = {file.name: file.read_text(encoding="utf-8") for file in (DOCS / "checks").glob("*.md")}
    assert on_disk == generated(), "run: python docs/generate_checks.py"
