"""The benchmark programs work on a run folder as the recipe writes it, and on what is not there."""

import json
import sys

import numpy as np
import pandas as pd
import pytest

ROWS = 400


@pytest.fixture
def dataset(benchmark, tmp_path):
    """A table with a leak, on disk."""
    random = np.random.default_rng(0)
    x = random.normal(size=ROWS)
    y = np.where(x + random.normal(0, 0.5, ROWS) > 0, "yes", "no")
    table = pd.DataFrame({"x": x, "kind": random.choice(["a", "b", None], ROWS), "empty": np.nan, "leak": y == "yes", "y": y})
    table.to_csv(tmp_path / "data.csv", index=False)
    module = benchmark("datasets")
    return module.Dataset(
        name="small", data=tmp_path / "data.csv", target="y", task="classification", source="made", expected_leaks=("leak",)
    )


@pytest.fixture
def folder(dataset, tmp_path):
    """A run folder: the split and predictions that are right but for every tenth row."""
    rows = np.random.default_rng(1).permutation(ROWS)
    split = {"train": rows[:240].tolist(), "validation": rows[240:320].tolist(), "test": rows[320:].tolist()}
    run = tmp_path / "run"
    run.mkdir()
    (run / "split.json").write_text(json.dumps(split))
    y = pd.read_csv(dataset.data)["y"].iloc[split["test"]]
    wrong = np.arange(80) % 10 == 0
    predicted = np.where(wrong, np.where(y == "yes", "no", "yes"), y)
    frame = pd.DataFrame({"row": split["test"], "truth": y, "prediction": predicted, "no": 0.5, "yes": 0.5})
    frame.sample(frac=1, random_state=0).to_csv(run / "predictions.csv", index=False)
    return run


def document(**changes):
    """A run.json with what the benchmark reads."""
    finding = {
        "code": "LEK001",
        "family": "leakage",
        "message": "`leak` gives the target",
        "where": {"column": "leak"},
        "evidence": [],
    }
    published = {"ours": 0.9, "ours_model": "mlp", "model": "MLP", "value": 0.89, "comparable": True, "within_spread": True}
    return {
        "verdict": {"status": "good"},
        "findings": [finding],
        "metrics": {"test": {"accuracy": 0.9}},
        "known_results": [published, {**published, "ours": None}],
        "plan": {"roles": {"leak": "dropped"}},
        **changes,
    }


def said(benchmark, content, *, exit_code=0, stderr=""):
    return benchmark("measure").Measured(exit_code, json.dumps(content) if content else "", stderr, 1.5, 10**9)


def test_a_run_is_held_against_the_peer_on_its_own_split(benchmark, dataset, folder):
    peer = benchmark("peer").held_against(dataset, folder, document())
    assert peer.rows == 80
    assert peer.ours == pytest.approx(0.9)
    assert 0.7 < peer.peer < 0.95  # without the leak
    assert peer.difference.mean == pytest.approx(peer.ours - peer.peer)
    assert benchmark("peer").held_against(dataset, folder, document(plan={})).peer == 1.0  # with it


def test_columns_that_the_record_drops_are_kept_from_the_peer(benchmark, dataset, folder):
    columns = [{"name": "leak", "role": "dropped"}, {"name": "x", "role": "number"}]
    (folder / "record.json").write_text(json.dumps({"columns": columns}))
    unused = benchmark("peer").unused_columns
    assert unused(document(plan={}), folder) == {"leak"}
    assert unused({"plan": {"roles": {"leak": "category", "x": "identifier"}}}, folder) == {"x"}


def test_predictions_of_other_rows_are_refused(benchmark, dataset, folder):
    frame = pd.read_csv(folder / "predictions.csv")
    frame["truth"] = frame["truth"].to_numpy()[::-1]
    frame.to_csv(folder / "predictions.csv", index=False)
    with pytest.raises(ValueError, match="not that of the raw data"):
        benchmark("peer").held_against(dataset, folder, document())


def test_the_outcome_is_a_line_of_the_table(benchmark, dataset, folder):
    run_all = benchmark("run_all")
    result = run_all.outcome(dataset, folder, said(benchmark, document()))
    json.dumps(result)
    assert result["leaks_found"] == ["leak"]
    assert result["leaks_missed"] == []
    assert len(result["published"]) == 1
    assert run_all.good(result)
    text = run_all.as_markdown([result])
    assert "| small | 2 | 1.00 | good | accuracy | 0.9000 |" in text
    assert "mlp 0.9000 (MLP 0.8900: within)" in text
    assert len({line.count("|") for line in text.splitlines()}) == 1


def test_missed_leaks_and_failed_runs_fall_short(benchmark, dataset, folder, tmp_path):
    run_all = benchmark("run_all")
    missed = run_all.outcome(dataset, folder, said(benchmark, document(findings=[])))
    assert missed["leaks_missed"] == ["leak"]
    assert not run_all.good(missed)
    crashed = run_all.outcome(dataset, folder, said(benchmark, None, exit_code=2, stderr="no column `y`"))
    assert crashed["error"] == "exit code 2: no column `y`"
    no_files = run_all.outcome(dataset, tmp_path / "nowhere", said(benchmark, document()))
    assert "no comparison" in no_files["error"]
    assert not run_all.good(crashed)
    assert not run_all.good(no_files)
    assert run_all.as_markdown([missed, crashed, no_files]).count("\n") == 4


def test_official_files_are_read_as_published(benchmark, tmp_path):
    datasets, peer = benchmark("datasets"), benchmark("peer")
    row = "25, Private, 226802, 11th, 7, Never-married, ?, Own-child, Black, Male, 0, 0, 40, United-States, <=50K.\n"
    path = tmp_path / "adult.test"
    path.write_text("|1x3 Cross validator\n" + row)
    adult = datasets.Dataset("adult", path, "income", "classification", "made", options=("--names", datasets.ADULT))
    table = peer.read(path, adult)
    assert len(table) == 1
    assert table["occupation"].isna().all()
    assert list(peer.truth(table["income"], "classification")) == ["<=50K"]


def test_a_command_is_measured_alone(benchmark):
    measure = benchmark("measure").measure
    program = "import sys; x = bytearray(80_000_000); print('out'); print('err', file=sys.stderr); sys.exit(3)"
    done = measure([sys.executable, "-c", program])
    assert (done.exit_code, done.stdout.strip(), done.stderr.strip()) == (3, "out", "err")
    assert done.peak_bytes > 80_000_000
    assert done.seconds > 0


def test_the_large_table_has_mixed_columns_and_a_rule(benchmark, tmp_path, monkeypatch):
    large = benchmark("large")
    monkeypatch.setattr(large, "CHUNK", 300)
    large.write(tmp_path / "large.csv", 1000)
    table = pd.read_csv(tmp_path / "large.csv")
    assert table.shape == (1000, 20)
    assert list(table["id"]) == list(range(1000))
    assert table["number_0"][table["bought"] == "yes"].mean() > table["number_0"][table["bought"] == "no"].mean() + 0.5
    assert table["grade"].isna().mean() > 0.1


def test_pickles_that_hold_more_than_a_table_are_refused(benchmark):
    import lzma
    import pickle

    unpickle = benchmark("packages").unpickle_frame
    with pytest.raises(pickle.UnpicklingError, match="not part of a table"):
        unpickle(lzma.compress(pickle.dumps(print)))


def test_archives_are_found_whatever_the_case_of_their_name(benchmark, tmp_path):
    package = benchmark("packages").package
    wheel = tmp_path / "islp-0.6.0-py3-none-any.whl"
    wheel.write_bytes(b"")
    assert package("ISLP", "0.6.0", cache=tmp_path) == wheel
