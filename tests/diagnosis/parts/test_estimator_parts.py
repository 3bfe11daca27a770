"""`bringup.check(estimator, data=(x, y))`."""

import subprocess
import sys

import numpy as np
import pandas as pd
import polars as pl
import pytest
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.compose import make_column_transformer
from sklearn.datasets import load_breast_cancer, load_diabetes, load_iris, load_wine
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.model_selection import GridSearchCV
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from sklearn.svm import SVC

import bringup
from bringup.findings import Severity

RANDOM = np.random.default_rng(0)
X_ND = RANDOM.normal(size=(600, 6))
Y_N = (X_ND[:, 0] + X_ND[:, 1] > 0).astype(int)


class Stubborn(ClassifierMixin, BaseEstimator):
    """A classifier that can be fitted and answers nothing."""

    def fit(self, x, y):
        self.classes_ = np.unique(y)
        return self

    def predict(self, x):
        raise RuntimeError("no answer")


def codes(model, data, **options) -> list[str]:
    found = bringup.check(model, data=data, **options)
    return [finding.code for finding in found.findings if finding.severity is not Severity.NOTE]


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(
    ("model", "load"),
    [
        (LogisticRegression(max_iter=1000), load_iris),
        (make_pipeline(StandardScaler(), SVC()), load_wine),
        (make_pipeline(StandardScaler(), LogisticRegression()), load_breast_cancer),
        (Ridge(), load_diabetes),
        (GridSearchCV(KNeighborsClassifier(), {"n_neighbors": [3, 5]}), load_iris),
    ],
    ids=["iris", "wine", "cancer", "diabetes", "search"],
)
def test_healthy_estimators(model, load, seed):
    assert codes(model, load(return_X_y=True), seed=seed) == []


def test_shuffled_labels():
    assert codes(LogisticRegression(), (X_ND, RANDOM.permutation(Y_N))) == ["LAB301"]


def test_a_column_that_tells_the_answer():
    found = bringup.check(LogisticRegression(), data=(np.c_[X_ND, 2.0 * Y_N + 1], Y_N))
    assert found.verdict.code == "LEK101"
    assert found.findings[0].where.column == "x6"


def test_unscaled_inputs_are_proved_by_an_experiment():
    found = bringup.check(SVC(), data=load_wine(return_X_y=True))
    assert found.verdict.code == "PRE308"
    confirmed = found.findings[0].confirmed_by
    assert (confirmed.probe, confirmed.answer) == ("standardised-inputs", "yes")
    assert confirmed.after > confirmed.before + 0.2
    assert {probe.probe: probe.answer for probe in found.probes} == {"simple-baseline": "no", "standardised-inputs": "yes"}


def test_validation_rows_that_were_fitted_on():
    assert codes(LogisticRegression(), (X_ND[:400], Y_N[:400]), validation=(X_ND[200:400], Y_N[200:400])) == ["LEK106"]
    assert codes(LogisticRegression(), (X_ND[:400], Y_N[:400]), validation=(X_ND[400:], Y_N[400:])) == []


@pytest.mark.parametrize("make", [pd.DataFrame, pl.DataFrame])
def test_tables_with_text(make):
    age, city = RANDOM.integers(18, 80, 600), RANDOM.choice(["a", "b", "c"], 600)
    encoder = make_column_transformer((OneHotEncoder(), ["city"]), remainder="passthrough")
    target = np.where((age > 45) | (city == "a"), "yes", "no")
    assert codes(make_pipeline(encoder, RandomForestClassifier(30)), (make({"age": age, "city": city}), target)) == []


def test_missing_values_are_the_estimators_own_affair():
    holes_ND = np.where(RANDOM.random(X_ND.shape) < 0.05, np.nan, X_ND)
    assert codes(HistGradientBoostingClassifier(max_iter=20), (holes_ND, Y_N)) == []
    assert bringup.check(LogisticRegression(), data=(holes_ND, Y_N)).verdict.status == "crashed"


def test_an_estimator_that_fails_at_its_answers():
    found = bringup.check(Stubborn(), data=(X_ND, Y_N))
    assert found.verdict.status == "crashed"
    assert "no answer" in found.verdict.summary


def test_nothing_of_the_person_is_changed():
    model = RandomForestClassifier(5).fit(X_ND, Y_N)
    trees, x_ND, before = model.estimators_, X_ND.copy(), np.random.get_state()[1].copy()  # noqa: NPY002
    bringup.check(model, data=(x_ND, Y_N))
    assert model.estimators_ is trees
    assert np.array_equal(x_ND, X_ND)
    assert np.array_equal(np.random.get_state()[1], before)  # noqa: NPY002


def test_the_same_seed_gives_the_same_diagnosis():
    first, second = (bringup.check(RandomForestClassifier(10), data=load_diabetes_classes(), seed=4) for _ in range(2))
    assert (first.verdict, first.findings, first.probes) == (second.verdict, second.findings, second.probes)


def load_diabetes_classes():
    x_ND, y_N = load_diabetes(return_X_y=True)
    return x_ND, (y_N > 140).astype(int)


@pytest.mark.slow
def test_skorch_is_seen_in_depth():
    import torch
    from skorch import NeuralNetClassifier
    from torch import nn

    class Network(nn.Module):
        def __init__(self, soft: bool = False) -> None:
            super().__init__()
            self.layers = nn.Sequential(nn.Linear(6, 20), nn.ReLU(), nn.Linear(20, 2))
            self.soft = soft

        def forward(self, x_BD):
            scores_BC = self.layers(x_BD)
            return torch.softmax(scores_BC, 1) if self.soft else scores_BC

    data = (X_ND.astype("float32"), Y_N.astype("int64"))
    options = {"criterion": nn.CrossEntropyLoss, "max_epochs": 8, "lr": 0.1}
    assert codes(NeuralNetClassifier(Network, **options), data, budget=0) == []
    found = bringup.check(NeuralNetClassifier(Network, module__soft=True, **options), data=data, budget=0)
    assert found.verdict.code == "LOS301"
    assert found.findings[0].where.file.endswith("test_estimator_parts.py")


def test_torch_is_not_loaded_for_an_estimator():
    program = """
import sys, bringup
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression
bringup.check(LogisticRegression(max_iter=1000), data=load_iris(return_X_y=True))
print("torch" in sys.modules, "keras" in sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False"]
