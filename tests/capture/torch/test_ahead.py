"""Models that predict the next element of their input: do they see it?"""

import pytest

from bringup.capture.running import watch_source

HEAD = """
import torch
from torch import nn

torch.manual_seed(0)
words = torch.randint(0, 12, (60, 9))
waves = torch.randn(60, 9, 2).cumsum(1)


class Attention(nn.Module):
    def __init__(self, diagonal):
        super().__init__()
        self.embedding, self.head = nn.Embedding(12, 8), nn.Linear(8, 12)
        self.layer = nn.TransformerEncoderLayer(8, 2, 16, dropout=0.0, batch_first=True)
        self.diagonal = diagonal

    def forward(self, tokens):
        length = tokens.shape[1]
        mask = torch.triu(torch.full((length, length), float("-inf")), diagonal=self.diagonal)
        return self.head(self.layer(self.embedding(tokens), src_mask=mask))


class Reader(nn.Module):
    def __init__(self, bidirectional):
        super().__init__()
        self.read = nn.GRU(2, 8, batch_first=True, bidirectional=bidirectional)
        self.head = nn.Linear(16 if bidirectional else 8, 2)

    def forward(self, x):
        return self.head(self.read(x)[0])


def train(model, loss):
    optimizer = torch.optim.Adam(model.parameters())
    for _ in range(5):
        optimizer.zero_grad()
        loss(model).backward()
        optimizer.step()


def next_word(model):
    return nn.functional.cross_entropy(model(words[:, :-1]).flatten(0, 1), words[:, 1:].flatten())


def next_word_of_whole(model):
    return nn.functional.cross_entropy(model(words)[:, :-1].flatten(0, 1), words[:, 1:].flatten())


def next_value(model):
    return nn.functional.mse_loss(model(waves[:, :-1]), waves[:, 1:])


def same_word(model):
    return nn.functional.cross_entropy(model(words).flatten(0, 1), words.flatten())
"""


@pytest.mark.parametrize(
    ("end", "seen"),
    [
        ("train(Attention(1), next_word)", 0),
        ("train(Attention(2), next_word)", 1),
        ("train(Attention(1), next_word_of_whole)", 0),
        ("train(Attention(2), next_word_of_whole)", 1),
        ("train(Reader(False), next_value)", 0),
        ("train(Reader(True), next_value)", 1),
        ("train(Attention(9), same_word)", None),  # nothing is to be predicted from what came before
    ],
)
def test_what_an_answer_depends_on(end, seen):
    record = watch_source(HEAD + end)
    if seen is None:
        assert record.ahead is None
        return
    (facts,) = record.ahead
    assert facts.seen == pytest.approx(seen, abs=0.05)
