"""Every form of data becomes the same batches, of the types that a model takes."""

import numpy as np
import pandas as pd
import polars as pl
import pytest
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from bringup.diagnosis.parts.batches import Feed, read_batches

X, Y = torch.arange(400, dtype=torch.float32).reshape(100, 4), torch.arange(100) % 3
FEED = Feed.of(nn.Linear(4, 3))


class Items:
    """A data set in all but its class."""

    def __len__(self):
        return len(Y)

    def __getitem__(self, row):
        if row >= len(Y):
            raise IndexError
        return X[row], Y[row]


@pytest.mark.parametrize(
    "data",
    [
        (X, Y),
        [X, Y],
        ((X,), Y),
        (X.numpy().astype(float), Y.numpy()),
        (X.numpy().astype(int), Y.numpy().astype("int32")),
        (pd.DataFrame(X.numpy()), pd.Series(Y.numpy())),
        (pl.DataFrame(X.numpy()), pl.Series(Y.numpy())),
        TensorDataset(X, Y),
        Items(),
        DataLoader(TensorDataset(X, Y), batch_size=64),
        [(X[:64], Y[:64]), (X[64:], Y[64:])],
    ],
)
def test_forms(data):
    batches = read_batches(data, FEED, shuffled=False)
    for _ in range(2):  # again and again
        found = list(batches.once())
        assert [len(target) for _, target in found] == [64, 36]
        assert torch.equal(torch.cat([inputs[0] for inputs, _ in found]), X)
        assert torch.equal(torch.cat([target for _, target in found]), Y)


def test_rows_of_whole_tensors_are_shuffled_by_seed():
    batches = read_batches((X, Y), FEED, shuffled=True)
    first, again, other = (next(batches.once(seed=seed))[0][0] for seed in (1, 1, 2))
    assert torch.equal(first, again)
    assert not torch.equal(first, other)


def test_numbers_of_tokens_stay_whole():
    feed = Feed.of(nn.Embedding(10, 2))
    inputs, _ = next(read_batches((np.ones((5, 3), dtype="int32"), np.zeros(5)), feed, shuffled=False).once())
    assert inputs[0].dtype == torch.int64


def test_several_inputs():
    inputs, target = next(read_batches((X, 2 * X, Y), FEED, shuffled=False).once())
    assert (len(inputs), len(target)) == (2, 64)
