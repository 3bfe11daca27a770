"""What a run leaves behind, and the Python interface to it."""

import csv
import json
import math

import numpy as np
import pandas as pd
import polars as pl
import pytest

import bringup
from bringup import api
from bringup.recipe.document import STEPS
from bringup.recipe.golden import STAGES

KEYS = {  # DESIGN, section 3
    "schema": int,
    "folder": str,
    "report": str,
    "task": str,
    "target": str,
    "rows": int,
    "seed": int,
    "verdict": dict,
    "steps": list,
    "findings": list,
    "metrics": dict,
    "candidates": list,
    "known_results": list,
}
LINEAR = {"seeds": 3, "trials": 1, "kinds": ("constant", "linear", "mlp")}


@pytest.fixture(scope="module")
def finished(kit, tmp_path_factory):
    """One whole run from a file."""
    folder = tmp_path_factory.mktemp("outputs")
    made = kit.small(api.plan(kit.write(kit.classes(), folder / "data.csv"), target="y"), **LINEAR)
    (folder / "plan.toml").write_text(made.to_toml())
    return api.run_plan(folder / "plan.toml", folder=folder / "run")


def strict(text):
    def refuse(name):
        raise AssertionError(f"{name} is no JSON")

    return json.loads(text, parse_constant=refuse)


def test_run_json_keeps_to_the_contract(finished):
    document = strict((finished.folder / "run.json").read_text())
    for key, kind in KEYS.items():
        assert isinstance(document[key], kind), key
    assert document["schema"] == 1
    assert [entry["step"] for entry in document["steps"]] == list(STEPS)
    assert {"status", "step", "cause", "summary", "next_action"} <= set(document["verdict"])
    assert all({"step", "status", "summary", "seconds"} <= set(entry) for entry in document["steps"])
    assert sum(candidate["chosen"] for candidate in document["candidates"]) == 1
    assert {"test", "validation"} <= set(document["metrics"])
    assert type(finished.document).from_json(document) == finished.document


def test_rows_match_the_raw_data(finished, kit):
    raw = kit.classes()
    parts = strict((finished.folder / "split.json").read_text())
    everything = sorted(row for rows in parts.values() for row in rows)
    assert everything == list(range(len(raw)))
    predictions = pl.read_csv(finished.folder / "predictions.csv")
    assert predictions["row"].to_list() == parts["test"]
    assert predictions["truth"].to_list() == raw["y"][parts["test"]].to_list()
    accuracy = float((predictions["truth"] == predictions["prediction"]).mean())  # pyright: ignore[reportArgumentType]
    assert accuracy == finished.document.metrics["test"]["accuracy"]


def test_predicting_the_training_file_gives_the_same_probabilities(finished, kit):
    written = pl.read_csv(finished.folder / "predictions.csv")
    again = finished.predict(finished.folder.parent / "data.csv")[written["row"].to_list()]
    assert again["prediction"].to_list() == written["prediction"].to_list()
    for name in ("p(no)", "p(yes)"):
        assert again[name].to_list() == written[name].to_list()
    assert api.predict(finished.folder, kit.classes())[written["row"].to_list()].equals(again)


def test_a_model_is_saved_without_pickle(finished):
    names = {path.name for path in (finished.folder / "model").iterdir()}
    assert names >= {"model.json", "preparer.json", "schema.json"}
    assert names & {"network.safetensors", "estimator.skops"}
    assert not any(path.suffix in (".pkl", ".pickle", ".pt", ".joblib") for path in finished.folder.rglob("*"))
    assert not (finished.folder / "checkpoints").exists()
    assert not list(finished.folder.rglob("*.part"))


def test_series_can_be_read(finished):
    rows = list(csv.DictReader((finished.folder / "series.csv").read_text().splitlines()))
    assert {"one-batch/loss", "train/loss", "validation/loss"} <= {row["series"] for row in rows}
    assert all(math.isfinite(float(row["value"])) and int(row["step"]) >= 0 for row in rows)


def test_the_lock_holds_every_stage(finished):
    lock = strict((finished.folder / "bringup.lock").read_text())
    stages = lock["stages"]
    assert set(STAGES) <= set(stages)
    assert [name for name in STAGES if not stages[name]] == []
    assert all(stages[name]["digest"] for name in ("raw", "prepared", "batch", "initial-weights"))
    assert all(part["digest"] for part in stages["split"]["parts"].values())
    assert all(part["digest"] for part in stages["predictions"])
    assert lock["tolerances"]["accuracy"] >= 0


def test_the_report(finished):
    page = (finished.folder / "report.html").read_text()
    assert finished.document.verdict.summary.split()[0] in page
    assert "<iframe" in finished._repr_html_()
    assert repr(finished).startswith("<RunResult good: ")


def test_a_folder_with_a_run_is_refused(finished, kit):
    with pytest.raises(api.BringupError, match="holds a run already"):
        api.run(kit.classes(), target="y", folder=finished.folder)


def test_read_run(finished):
    assert api.read_run(finished.folder).document == finished.document


def test_a_run_that_was_stopped_has_a_report_too(run_small, kit):
    result = run_small(kit.classes(), until="simplify")
    assert (result.folder / "report.html").exists()
    assert result.document.verdict.status == "stopped"
    assert kit.step(result, "twin")["status"] == "skipped"
    with pytest.raises(api.BringupError, match="no model"):
        result.predict(kit.classes())


def frames(kit):
    frame = kit.classes(120)
    return {
        "polars": frame,
        "lazy": frame.lazy(),
        "pandas": frame.to_pandas(),
        "pandas with an index": frame.to_pandas().set_index(pd.Index(range(1000, 1120))),
        "arrow": frame.to_arrow(),
        "dict": frame.to_dict(as_series=False),
        "arrays": {name: frame[name].to_numpy() for name in frame.columns},
    }


@pytest.mark.parametrize("kind", ["polars", "lazy", "pandas", "pandas with an index", "arrow", "dict", "arrays"])
def test_tables_from_python(kit, tmp_path, kind):
    result = bringup.run(frames(kit)[kind], target="y", folder=tmp_path / "run", until="simplify", seeds=1)
    assert result.document.rows == 120
    assert len(pl.read_parquet(tmp_path / "run" / "data.parquet")) == 120
    assert kit.step(result, "data")["status"] == "passed"


def test_a_frame_gives_the_same_as_its_file(kit, tmp_path):
    """The split, the prepared inputs and the batch do not depend on how the table came."""
    path = kit.write(kit.classes(), tmp_path / "data.csv")
    one = bringup.run(kit.classes(), target="y", folder=tmp_path / "a", until="run", seeds=1).record
    other = bringup.run(path, target="y", folder=tmp_path / "b", until="run", seeds=1).record
    assert one.prepared is not None
    assert one.prepared == other.prepared
    assert one.batch == other.batch
    assert one.initial == other.initial


# ---- new data of another shape


def test_columns_in_another_order_and_more_of_them(finished, kit):
    frame = kit.classes()
    expected = finished.predict(frame)
    other = frame.select(pl.lit(7).alias("new"), "kind", "y", "z", "x")
    assert finished.predict(other).equals(expected)
    assert finished.predict(frame.drop("y")).equals(expected)


def test_a_column_that_is_not_there(finished, kit):
    with pytest.raises(api.BringupError, match="no column `z`"):
        finished.predict(kit.classes().drop("z"))


def test_categories_and_numbers_never_seen(finished):
    frame = pl.DataFrame({"x": ["1.5", "much", "inf", ""], "z": [1.0, 2.0, None, float("nan")], "kind": ["d", None, "", "é"]})
    predicted = finished.predict(frame)
    assert len(predicted) == 4
    assert np.isfinite(predicted.select("p(no)", "p(yes)").to_numpy()).all()


def test_one_row(finished, kit):
    assert len(finished.predict(kit.classes()[:1])) == 1
