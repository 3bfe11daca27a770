"""Records: both ways through JSON to the last digit, digests that mean what they say, files whole or not at all."""

import json
import math
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from bringup import record as package
from bringup.capture.running import watch_source
from bringup.errors import BringupError, NotApplicable
from bringup.findings import Cause, Confirmation, Family, Finding, Fix, Measurement, Severity, Where
from bringup.record import Record, Series, digest, read_record, write_record, write_text
from bringup.record.record import WORDS

PIPELINE = {
    "origin", "model", "seed", "settings", "raw", "columns", "target", "relations", "duplicates", "split", "prepared", "batch",
    "layers", "initial", "series", "metrics", "predictions", "cost", "versions",
}  # fmt: skip
PROGRAM = """
import torch
x, y = torch.randn(64, 4), torch.randint(0, 2, (64,))
network = torch.nn.Sequential(torch.nn.Linear(4, 8), torch.nn.ReLU(), torch.nn.Linear(8, 2))
optimizer = torch.optim.Adam(network.parameters())
for _ in range(10):
    optimizer.zero_grad()
    torch.nn.functional.cross_entropy(network(x), y).backward()
    optimizer.step()
"""

ODD = (0.1 + 0.2, math.nan, math.inf, -math.inf, -0.0, 5e-324, 1.7976931348623157e308)


def full() -> Record:
    def p(kind, /, **fields):
        return getattr(package, kind)(**fields)

    column = p(
        "ColumnFacts",
        name="a",
        role="number",
        dtype="float",
        rows=3,
        missing=1,
        distinct=2,
        tokens={"?": 1},
        top=(("1", 2),),
        mean=math.nan,
        maximum=math.inf,
        quantiles=ODD,
        apart=(p("ApartFacts", value=math.inf, count=1, gap=1, usual_gap=0.1, rest_mean=0, rest_std=1, rest_span=2),),
    )
    part = p("PartFacts", rows=2, digest="d", classes=(("x", 2),), mean=0.1 + 0.2)
    shift = p("ShiftFacts", column="a", part="test", distance=math.inf, unseen=0.5)
    relation = p("Relation", kind="copy", columns=("a",), of="y", share=1.0)
    power = p("FeaturePower", column="a", score=math.nan)
    return Record(
        origin="capture",
        model="mlp",
        seed=7,
        settings={"learning_rate": 3e-4, "hidden": [256], "name": "x", "none": None},
        raw=p(
            "RawFacts",
            name="r",
            format="csv",
            files=(p("FileFacts", name="f", bytes=1, digest="d"),),
            rows=3,
            columns=2,
            digest="d",
        ),
        columns=(column,),
        target=p("TargetFacts", name="y", task="regression", rows=3, missing=0, mean=math.inf, skewness=math.nan),
        relations=p("RelationFacts", rows=3, power=(power,), with_target=(relation,)),
        duplicates=p("DuplicateFacts", rows=3, copies=1, input_copies=1, conflicting=0, expected=0.1, across={"train-test": 2}),
        split=p("SplitFacts", method="random", parts={"train": part, "test": part}, shift=(shift,), discriminated=math.nan),
        prepared=p(
            "PreparedFacts",
            rows=2,
            inputs=(p("InputFacts", name="a", mean=math.nan, std=math.inf, minimum=-math.inf, maximum=1),),
            dtype="float32",
            non_finite=3,
            digest="d",
        ),
        batch=p("BatchFacts", rows=2, shape=(2, 3), dtype="float32", target_shape=(2,), target_dtype="int64", digest="d"),
        layers=(
            p(
                "LayerFacts",
                name="0",
                kind="Linear",
                input_shape=(2, 3),
                output_shape=(2, 4),
                dtype="float32",
                parameters=16,
                bytes=9,
            ),
        ),
        initial=p("InitialFacts", weights_digest="d", loss=math.nan, expected_loss=math.log(2), output_std=math.inf),
        series={"train/loss": Series(unit="nat", steps=tuple(range(7)), values=ODD)},
        metrics={"test": {"accuracy": 0.1 + 0.2, "roc_auc": math.nan}},
        predictions=(p("PredictionFacts", part="test", digest="d", rows=2, confusion=((1, 0), (0, 1))),),
        cost=p(
            "CostFacts",
            seconds=0.1,
            steps=1,
            epochs=1,
            examples_per_second=math.inf,
            peak_bytes=0,
            parameters=3,
            stopped_by="patience",
        ),
        versions={"torch": "2"},
    )


def test_the_example_fills_every_section_of_the_pipeline():
    own = {name for name in Record.model_fields if name in PIPELINE}
    assert own == set(full().model_dump(exclude_defaults=True))


def test_what_was_captured_survives_the_round_trip(tmp_path):
    before = watch_source(PROGRAM)
    assert before.calls
    assert before.losses
    assert repr(read_record(write_and_path(before, tmp_path))) == repr(before)


def test_round_trip_to_the_last_digit(tmp_path):
    before = full()
    after = read_record(write_and_path(before, tmp_path))
    assert repr(after) == repr(before)  # NaN is not equal to itself
    assert after.series["train/loss"].values[4] == 0
    assert math.copysign(1, after.series["train/loss"].values[4]) == -1
    assert write_record(after, tmp_path / "again.json").read_bytes() == (tmp_path / "record.json").read_bytes()
    json.loads((tmp_path / "record.json").read_text(), parse_constant=pytest.fail)  # valid JSON: no bare NaN


def write_and_path(record: Record, folder: Path) -> Path:
    return write_record(record, folder / "record.json")


def test_an_empty_record(tmp_path):
    assert read_record(write_and_path(Record(), tmp_path)) == Record()


@pytest.mark.parametrize("section", list(WORDS))
def test_what_was_not_recorded_is_said(section):
    with pytest.raises(NotApplicable) as reason:
        Record().need(section)
    assert WORDS[section] in str(reason.value)
    if section in PIPELINE:
        assert full().need(section) is not None


def test_series():
    record = full()
    assert len(record.need_series("train/loss", length=7)) == 7
    with pytest.raises(NotApplicable):
        record.need_series("train/loss", length=8)
    with pytest.raises(NotApplicable):
        record.need_series("nothing")
    assert math.isnan(Series().last)
    assert len(Series(steps=(1, 2), values=(math.nan, 2.0)).finite) == 1
    assert record.with_(seed=8).seed == 8
    assert record.seed == 7


@pytest.mark.parametrize("content", ["", "{", "[]", '{"unknown": 1}', '{"seed": "x"}', "\x00\x01"])
def test_no_record(tmp_path, content):
    (tmp_path / "r.json").write_text(content)
    with pytest.raises(BringupError):
        read_record(tmp_path / "r.json")


def test_nothing_or_a_folder_is_no_record(tmp_path):
    for path in (tmp_path / "none.json", tmp_path):
        with pytest.raises(BringupError):
            read_record(path)
    (tmp_path / "b.json").write_bytes(b"\xff\xfe\x80")
    with pytest.raises(BringupError):
        read_record(tmp_path / "b.json")


CONTENTS = (
    b"bytes",
    "text",
    {"b": 1, "a": [1.5, None]},
    np.arange(6).reshape(2, 3),
    np.array(["a", "b"]),
    np.array([1.5, np.nan, np.inf]),
)


def test_digests_are_the_same_in_another_process():
    program = (
        "import numpy as np\nfrom bringup.record import digest\n"
        "for c in (b'bytes', 'text', {'a': [1.5, None], 'b': 1}, np.arange(6).reshape(2, 3), np.array(['a', 'b']),"
        " np.array([1.5, np.nan, np.inf])):\n    print(digest(c))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split() == [digest(content) for content in CONTENTS]
    assert len(set(done.stdout.split())) == len(CONTENTS)


def test_digests_see_every_difference():
    x = np.linspace(0, 1, 12)
    assert digest(x) == digest(x.copy()) == digest(x.reshape(3, 4).T.copy().T.reshape(12))
    changed = x.copy()
    changed[5] = np.nextafter(changed[5], 2)
    others = [x, changed, x.reshape(3, 4), x.reshape(4, 3), x.astype(np.float32), x[:11], x[::-1], np.arange(12)]
    assert len({digest(other) for other in others}) == len(others)
    assert digest(np.array(5.0)) != digest(np.array([5.0]))


def test_minus_zero_is_zero():
    for dtype in (np.float16, np.float32, np.float64, np.complex128):
        assert digest(np.array([-0.0, 1], dtype=dtype)) == digest(np.array([0.0, 1], dtype=dtype))


def test_digest_of_a_file_is_of_its_bytes(tmp_path):
    (tmp_path / "f").write_bytes(b"bytes")
    assert digest(tmp_path / "f") == digest(b"bytes")


class FullError(OSError):
    def __init__(self):
        super().__init__(28, "No space left on device")


@pytest.mark.parametrize("where", ["fsync", "replace"])
@pytest.mark.parametrize("error", [FullError, KeyboardInterrupt])
def test_a_failing_write_leaves_the_old_file(tmp_path, monkeypatch, where, error):
    path = write_text(tmp_path / "file.txt", "old")

    def fail(*_):
        raise error

    monkeypatch.setattr(*((os, "fsync") if where == "fsync" else (Path, "replace")), fail)
    with pytest.raises(BringupError if error is FullError else KeyboardInterrupt):
        write_text(path, "new")
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_an_unwritable_place_is_one_sentence(tmp_path):
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(BringupError) as error:
        write_text(tmp_path / "file" / "below.txt", "x")
    assert "below.txt" in error.value.what
    assert error.value.there


def test_folders_are_made(tmp_path):
    assert write_text(tmp_path / "a" / "b" / "c.txt", "ä\n").read_bytes() == "ä\n".encode()
    assert [file.name for file in (tmp_path / "a" / "b").iterdir()] == ["c.txt"]


@pytest.mark.parametrize("value", [0.1 + 0.2, math.nan, math.inf, -math.inf, 3, "text", True, None])
def test_findings_go_through_json(value):
    finding = Finding(
        code="XYZ101",
        name="n",
        severity=Severity.NOTE,
        cause=Cause.DATASET,
        family=Family.LABELS,
        message="m",
        where=Where(file="train.py", line=3, column="a"),
        evidence=(Measurement(name="e", value=value, limit=1.5, step=4),),
        fix=Fix(title="t"),
        confirmed_by=Confirmation(probe="p", question="q?", before=math.nan, after=1.0, answer="yes"),
    )
    again = Finding.model_validate_json(finding.model_dump_json())
    assert repr(again) == repr(finding)
    assert again.fingerprint == "XYZ101@train.py:3 `a`"


def test_families_have_causes_and_prefixes():
    assert len({family.prefix for family in Family}) == len(Family)
    assert all(len(family.prefix) == 3 and family.cause in Cause for family in Family)
    assert Family("loss-input") is Family.LOSS_INPUT
    assert not Severity.NOTE.loud
