"""What cannot be checked is said in one sentence, before anything is trained."""

import numpy as np
import pytest
import torch
from sklearn.cluster import KMeans
from sklearn.linear_model import Ridge
from torch import nn

import bringup
from bringup.errors import BringupError

X, Y = torch.randn(20, 4), torch.zeros(20, dtype=torch.long)
MODEL = nn.Linear(4, 2)


class Unsafe(nn.Linear):
    """A model that cannot be copied."""

    def __deepcopy__(self, memo):
        raise TypeError("no copies")


@pytest.mark.parametrize(
    ("model", "options"),
    [
        (None, {}),
        (nn.Linear, {}),
        (7, {}),
        (nn.ReLU(), {}),
        (nn.LazyLinear(2), {}),
        (Unsafe(4, 2), {}),
        (MODEL, {"data": None}),
        (MODEL, {"data": X}),
        (MODEL, {"data": (X,)}),
        (MODEL, {"data": [X, X, X]}),
        (MODEL, {"data": zip(X, Y, strict=True)}),
        (MODEL, {"data": (batch for batch in [(X, Y)])}),
        (MODEL, {"data": []}),
        (MODEL, {"data": (X[:0], Y[:0])}),
        (MODEL, {"data": (X, Y[:10])}),
        (MODEL, {"data": [{"x": X, "y": Y}]}),
        (MODEL, {"data": (X, np.array(["a"] * 20))}),
        (MODEL, {"data": 7}),
        (MODEL, {"data": "train.csv"}),
        (MODEL, {"data": torch.utils.data.DataLoader}),
        (MODEL, {"validation": (X, Y[:3])}),
        (MODEL, {"loss": nn.CrossEntropyLoss}),
        (MODEL, {"loss": "cross_entrpy"}),
        (MODEL, {"loss": "relu"}),
        (MODEL, {"loss": 3}),
        (MODEL, {"optimizer": "adam"}),
        (MODEL, {"optimizer": list}),
        (MODEL, {"data": (X, torch.randn(20, 7))}),
        (MODEL, {"steps": 0}),
        (MODEL, {"steps": 2.5}),
        (MODEL, {"seed": -1}),
        (MODEL, {"budget": -1}),
        (MODEL, {"select": "NOPE9"}),
        (Ridge, {}),
        (Ridge(), {"data": X}),
        (Ridge(), {"data": (X, Y[:5])}),
        (Ridge(), {"data": (X, X)}),
        (Ridge(), {"data": (X[:, 0], Y)}),
        (Ridge(), {"data": (X[:0], Y[:0])}),
        (Ridge(), {"data": iter([1])}),
        (Ridge(), {"loss": "mse_loss"}),
        (KMeans(2), {}),
    ],
)
def test_one_sentence(model, options):
    with pytest.raises(BringupError) as caught:
        bringup.check(model, **{"data": (X, Y), **options})
    assert len(str(caught.value).splitlines()) == 1
    assert len(str(caught.value)) > 15


def test_sparse_inputs():
    from scipy.sparse import csr_matrix

    with pytest.raises(BringupError):
        bringup.check(Ridge(), data=(csr_matrix(X.numpy()), Y))


def test_nothing_stays_open_after_wrong_use():
    with pytest.raises(BringupError):
        bringup.check(MODEL, data=[(X,)], loss="cross_entropy")
    assert bringup.check(MODEL, data=(X, Y), loss="cross_entropy", steps=5, budget=0).checks
