"""What is seen at the boundary to scikit-learn and numpy."""

import numpy as np
import pytest

from bringup.capture.running import watch_source

PROGRAM = """
import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, roc_auc_score
from sklearn.model_selection import GridSearchCV, train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
np.random.seed(0)
x = np.random.normal(size=(200, 4))
y = (x[:, 0] > 0).astype(int)
order = np.random.permutation(200)
x, y = x[order], y[order]
a, b, ya, yb = train_test_split(x, y, test_size=0.25, stratify=y, random_state=0)
scaler = StandardScaler().fit(a)
again = StandardScaler().fit_transform(b)
search = GridSearchCV(make_pipeline(StandardScaler(), LogisticRegression()), {"logisticregression__C": [1, 2]}).fit(a, ya)
accuracy_score(yb, search.predict(b))
roc_auc_score(yb, search.predict_proba(b)[:, 1])
"""


@pytest.fixture(scope="module")
def preparation():
    return watch_source(PROGRAM).preparation


def test_the_split(preparation):
    (split,) = preparation.splits
    assert (split.rows, split.held_out, split.stratified, split.shuffled) == (200, 50, True, True)
    assert split.where.line == 12


def test_fits_of_the_person_alone_and_on_which_part(preparation):
    assert [(fit.kind, fit.where.line, fit.rows, fit.on, fit.again) for fit in preparation.fits] == [
        ("StandardScaler", 13, 150, "train", False),
        ("StandardScaler", 14, 50, "held-out", True),
    ]


def test_metrics_of_decisions_and_of_scores(preparation):
    assert [(score.name, score.decided, score.rows) for score in preparation.scores] == [
        ("accuracy_score", True, 50),
        ("roc_auc_score", False, 50),
    ]


def test_the_line_that_shuffles(preparation):
    assert [where.line for where in preparation.shuffles] == [10]


FOLDS = """
import numpy as np
from sklearn.feature_selection import SelectKBest
from sklearn.model_selection import KFold, StratifiedKFold, cross_val_score
from sklearn.linear_model import LogisticRegression
x = np.random.default_rng(0).normal(size=(60, 90))
y = (x[:, 0] > 0).astype(int)
few = SelectKBest(k=4).fit_transform(x, y)
for train, test in StratifiedKFold(n_splits=3).split(few, y):
    SelectKBest(k=2).fit(few[train], y[train])
list(KFold(3, shuffle=True, random_state=0).split(X=few))
cross_val_score(LogisticRegression(), few, y)
"""


def test_folds_are_splits():
    found = watch_source(FOLDS).preparation
    assert [(split.where.line, split.rows, split.held_out) for split in found.splits] == [(8, 60, 0), (10, 60, 0)]
    assert [(split.stratified, split.shuffled) for split in found.splits] == [(True, False), (False, True)]
    assert [(fit.where.line, fit.rows) for fit in found.fits] == [(7, 60), *[(9, 40)] * 3]
    assert found.splits[0].order > found.fits[0].order


def test_everything_is_put_back(preparation):
    import sklearn.metrics
    import sklearn.model_selection
    from sklearn.preprocessing import StandardScaler

    functions = (sklearn.model_selection.train_test_split, sklearn.metrics.accuracy_score, StandardScaler.fit)
    assert not any("bringup" in function.__code__.co_filename for function in functions)
    assert "bringup" not in getattr(getattr(np.random.shuffle, "__code__", None), "co_filename", "")
