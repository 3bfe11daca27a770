"""Acting after an import."""

import sys

import pytest

from bringup.capture.imports import AfterImport


@pytest.fixture
def package(tmp_path, monkeypatch):
    (tmp_path / "freshly_made").mkdir()
    (tmp_path / "freshly_made" / "__init__.py").write_text("from freshly_made import part\nvalue = 1\n")
    (tmp_path / "freshly_made" / "part.py").write_text("import freshly_made\n")
    monkeypatch.syspath_prepend(tmp_path)
    yield "freshly_made"
    for name in ("freshly_made", "freshly_made.part"):
        sys.modules.pop(name, None)


def test_acts_once_and_only_when_the_module_is_complete(package):
    seen = []
    after = AfterImport({package: lambda: seen.append(sys.modules[package].value)})
    after.install()
    try:
        assert seen == []
        import freshly_made
        import freshly_made.part

        assert seen == [1]
        assert type(freshly_made.__loader__).__name__ == "SourceFileLoader"
        assert freshly_made.__spec__.loader is freshly_made.__loader__
    finally:
        after.uninstall()


def test_acts_at_once_for_what_is_imported_already():
    seen = []
    after = AfterImport({"json": lambda: seen.append(1)})
    after.install()
    after.uninstall()
    assert seen == [1]


def test_a_missing_module_is_still_missing():
    after = AfterImport({"surely_not_installed": lambda: None})
    after.install()
    try:
        with pytest.raises(ModuleNotFoundError):
            import surely_not_installed  # noqa: F401
    finally:
        after.uninstall()
    assert after not in sys.meta_path
