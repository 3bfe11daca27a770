"""Saved models: the same predictions, nothing that executes, and one clear sentence for a damaged folder."""

import functools
import json

import numpy as np
import pytest
import skops.io
from sklearn.preprocessing import FunctionTransformer

from bringup.errors import BringupError
from bringup.training.fit import ModelPlan, fit, goal_for
from bringup.training.saving import load_model, save_model
from bringup.training.settings import TrainingSettings

KINDS = ["constant", "linear", "mlp", "trees"]


def saved(folder, prepared, kind):
    plan = ModelPlan(name=kind, kind=kind, training=TrainingSettings(epochs=2, hidden=(8, 4)), settings={})
    fitted = fit(plan, prepared.inputs, prepared.y, goal_for(prepared.y, prepared.classes, np.arange(200)), seed=0)
    save_model(folder, fitted, prepared.preparer, prepared.schema)
    return fitted


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_predictions(tmp_path, prepared, kind):
    fitted = saved(tmp_path / "model", prepared, kind)
    again, preparer, schema = load_model(tmp_path / "model")
    assert schema == prepared.schema
    assert preparer == prepared.preparer
    assert again.plan == fitted.plan
    assert again.goal == fitted.goal
    assert np.array_equal(again.scores(preparer(prepared.frame)), fitted.scores(prepared.inputs))


@pytest.mark.parametrize("kind", KINDS)
def test_no_pickle_in_the_folder(tmp_path, prepared, kind):
    saved(tmp_path / "model", prepared, kind)
    for file in (tmp_path / "model").iterdir():
        head = file.read_bytes()[:9]
        assert file.suffix in (".json", ".safetensors", ".skops")
        if file.suffix == ".skops":
            assert head.startswith(b"PK")
        else:  # a safetensors file begins with the length of its JSON header
            assert head[8 if file.suffix == ".safetensors" else 0 :].startswith(b"{")


def shout(x):
    return x


@pytest.mark.parametrize(
    "strange",
    [
        FunctionTransformer(np.testing.assert_equal),
        FunctionTransformer(functools.partial(json.loads)),
        FunctionTransformer(shout),
    ],
    ids=["numpy", "json", "ours"],
)
def test_an_estimator_with_a_strange_type_is_refused(tmp_path, prepared, strange):
    folder = tmp_path / "model"
    saved(folder, prepared, "trees")
    (folder / "estimator.skops").write_bytes(skops.io.dumps(strange))
    with pytest.raises(BringupError) as error:
        load_model(folder)
    assert error.value.there


@pytest.mark.parametrize("kind", KINDS)
def test_a_missing_file_is_named(tmp_path, prepared, kind):
    folder = tmp_path / "run" / "model"
    saved(folder, prepared, kind)
    for file in sorted(folder.iterdir()):
        content = file.read_bytes()
        file.unlink()
        with pytest.raises(BringupError) as error:
            load_model(folder)
        assert file.name in error.value.there
        file.write_bytes(content)
    load_model(folder)


@pytest.mark.parametrize("damage", [b"", b"{}", b"\x80\x05.", b"[1, 2]", b"PK\x03\x04 nothing"])
@pytest.mark.parametrize("kind", ["mlp", "trees"])
def test_a_damaged_file_is_one_sentence(tmp_path, prepared, kind, damage):
    folder = tmp_path / "model"
    saved(folder, prepared, kind)
    for file in sorted(folder.iterdir()):
        content = file.read_bytes()
        for broken in (damage, content[: len(content) // 2]):
            file.write_bytes(broken)
            with pytest.raises(BringupError):
                load_model(folder)
        file.write_bytes(content)
