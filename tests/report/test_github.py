"""Workflow commands: one line each, whatever the findings say."""

import re

from bringup.report import render_github

COMMAND = re.compile(r"::(error|warning|notice) file=([^,:\r\n]+),line=(\d+),title=([^,:\r\n]*)::([^\r\n]*)")


def test_one_command_a_finding(checked):
    lines = render_github(checked).split("\n")
    assert lines.pop() == ""
    assert all(COMMAND.fullmatch(line) for line in lines)
    if checked.verdict.status == "faulty":
        assert len(lines) == len(checked.findings)


def test_severity_place_and_text(check_of, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    said = [match.groups() for line in render_github(check_of("all")).splitlines() if (match := COMMAND.fullmatch(line))]
    assert said[0][:4] == ("error", "train.py", "6", "LOS101 initial-loss-off-theory")
    assert "%0Ashare of values below 0: 0 %25" in said[0][4]
    assert [parts[:3] for parts in said[1:]] == [("warning", "train.py", "1"), ("notice", "gone.py", "3")]


def test_a_healthy_script_has_none_and_one_that_was_not_judged_has_one(check_of):
    assert render_github(check_of("healthy")) == ""
    assert render_github(check_of("crashed")).startswith("::error ")
    assert render_github(check_of("not-observed")).startswith("::warning ")
