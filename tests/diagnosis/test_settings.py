"""The settings of a project: where they come from, what they refuse, and that thresholds reach their checks."""

from pathlib import Path

import pytest

from bringup.checks import CHECKS
from bringup.diagnosis.settings import Settings, read_settings
from bringup.errors import BringupError


@pytest.fixture
def project(tmp_path: Path):
    """Write a pyproject.toml; return a script two folders below."""
    script = tmp_path / "project" / "src" / "train.py"
    script.parent.mkdir(parents=True)
    script.write_text("")

    def write(text: str) -> Path:
        (tmp_path / "project" / "pyproject.toml").write_text(text, encoding="utf-8")
        return script

    return write


def test_everything_that_can_be_set(project):
    script = project("""
[tool.bringup]
select = ["update", "LOS"]
ignore = ["target-copy"]
time = 90
per-file-ignores = { "src/*.py" = ["NUM101"] }
[tool.bringup.thresholds.target-copy]
[tool.bringup.thresholds.NUM101]
""")
    settings = read_settings(script)
    assert (settings.select, settings.ignore, settings.time) == (("update", "LOS"), ("target-copy",), 90)
    assert settings.per_file_ignores == {"src/*.py": ("NUM101",)}
    assert settings.base == script.parents[1]
    assert settings.checks() == CHECKS


def test_the_nearest_file_with_settings_holds(project):
    script = project("[tool.bringup]\ntime = 1")
    (script.parent / "pyproject.toml").write_text("[tool.other]\nx = 1")
    assert read_settings(script).time == 1
    (script.parent / "pyproject.toml").write_text("[tool.bringup]\ntime = 2")
    assert read_settings(script).time == 2


def test_without_any_the_defaults_hold(tmp_path):
    assert read_settings(tmp_path / "train.py").select == ()


def test_the_script_may_be_named_from_anywhere(project, monkeypatch):
    script = project("[tool.bringup]\ntime = 7")
    monkeypatch.chdir(script.parent)
    assert read_settings(Path("train.py")).time == 7
    monkeypatch.chdir("/")
    assert read_settings(script).time == 7


def test_the_command_line_wins():
    settings = Settings(select=("LOS",), ignore=("UPD",), time=5)
    assert settings.over() == settings
    over = settings.over(select=["NUM"], ignore=["EPO"], time=0)
    assert (over.select, over.ignore, over.time) == (("NUM",), ("EPO",), 0)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("[tool.bringup", "no TOML"),
        ("[tool.bringup]\nselct = []", "`select`"),
        ("[tool.bringup]\nbase = 'x'", "`base`"),
        ("[tool.bringup]\nselect = 'LOS'", "list"),
        ("[tool.bringup]\nselect = [1]", "list"),
        ("[tool.bringup]\nignore = {}", "list"),
        ("[tool.bringup]\ntime = '5'", "seconds"),
        ("[tool.bringup]\ntime = true", "seconds"),
        ("[tool.bringup]\ntime = -1", "seconds"),
        ("[tool.bringup]\ntime = nan", "seconds"),
        ("[tool.bringup]\nper-file-ignores = ['x']", "table"),
        ("[tool.bringup]\nper-file-ignores = {x = 'LOS'}", "table"),
        ("[tool.bringup]\nthresholds = 3", "table"),
        ("[tool.bringup.thresholds]\nx = 3", "table"),
        ("[tool]\nbringup = 3", "table"),
    ],
)
def test_what_cannot_be_read_is_one_sentence(project, text, word):
    with pytest.raises(BringupError) as caught:
        read_settings(project(text))
    assert word in str(caught.value)
    assert "pyproject.toml" in str(caught.value)
    assert len(str(caught.value).splitlines()) == 1


def test_no_text_at_all(project):
    script = project("")
    (script.parents[1] / "pyproject.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(BringupError, match="no TOML"):
        read_settings(script)


NUMBER, NAME, FIELD = next(
    (number, check.name, field)
    for number, check in enumerate(CHECKS)
    for field, value in check.thresholds.items()
    if isinstance(value, float)
)


def test_a_threshold_reaches_its_check():
    for name in (NAME, CHECKS[NUMBER].code):
        checks = Settings(thresholds={name: {FIELD: 0.123}}).checks()
        assert checks[NUMBER].thresholds[FIELD] == 0.123
        assert checks[:NUMBER] + checks[NUMBER + 1 :] == CHECKS[:NUMBER] + CHECKS[NUMBER + 1 :]
    assert Settings(thresholds={NAME: {FIELD: 2}}).checks()[NUMBER].thresholds[FIELD] == 2.0
    assert CHECKS[NUMBER].thresholds[FIELD] != 0.123


@pytest.mark.parametrize("value", ["0.9", True, None, [0.9], {}])
def test_a_threshold_keeps_its_type(value):
    with pytest.raises(BringupError, match=FIELD):
        Settings(thresholds={NAME: {FIELD: value}}).checks()


@pytest.mark.parametrize(
    "settings",
    [
        Settings(select=("NOPE",)),
        Settings(ignore=("no-such-check",)),
        Settings(per_file_ignores={"*": ("NOPE",)}),
        Settings(thresholds={"no-such-check": {}}),
        Settings(thresholds={NAME: {"no_such_field": 1}}),
    ],
)
def test_unknown_names(settings):
    with pytest.raises(BringupError) as caught:
        settings.checks()
    assert len(str(caught.value).splitlines()) == 1
