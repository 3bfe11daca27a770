"""Masks of sequences that are filled up at their ends, as libraries and people write them."""

import pytest
import torch

from bringup.capture.running import watch_source
from bringup.capture.torch.attention import by_row, filled_places

PROGRAM = """
import torch
from torch import nn
torch.manual_seed(0)
lengths = torch.randint(3, 9, (200,))
lengths[::5] = {longest}
tokens = torch.randint(1, 12, (200, 9)) * (torch.arange(9) < lengths[:, None])
y = (tokens == 3).any(1).long()

class Reader(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(12, 16)
        self.attention = nn.MultiheadAttention(16, 2, batch_first=True)
        self.layer = nn.TransformerEncoderLayer(16, 2, 32, batch_first=True)
        self.head = nn.Linear(16, 2)

    def forward(self, tokens):
        x, real = self.embedding(tokens), tokens {sign} 0
        {body}
        return self.head(x.mean(1))

model = Reader()
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
for step in range(8):
    rows = torch.randperm(200)[:40]
    loss = nn.functional.cross_entropy(model(tokens[rows]), y[rows])
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
"""
BODIES = {
    "weights": "x = torch.softmax((x @ x.mT).masked_fill(~real[:, None], -1e9), -1) @ x",
    "a method": "x = ((x @ x.mT) + torch.where(real, 0.0, -1e4)[:, None]).softmax(-1) @ x",
    "one query": "x = nn.functional.softmax(x.sum(2).masked_fill(~real, -1e9), dim=1)[:, :, None] * x",
    "heads": "x = self.attention(x, x, x, key_padding_mask=~real, need_weights=False)[0]",
    "a layer": "x = self.layer(x, src_key_padding_mask=~real)",
    "product": "x = nn.functional.scaled_dot_product_attention(x, x, x, attn_mask=real[:, None])",
    "product of heads": "h = x[:, None]; x = nn.functional.scaled_dot_product_attention(h, h, h, real[:, None, None])[:, 0]",
    "added": "x = nn.functional.scaled_dot_product_attention(x, x, x, torch.where(real, 0.0, -torch.inf)[:, None])",
}


def on_filled(body: str, sign: str = "!=", longest: int = 8) -> list[float]:
    record = watch_source(PROGRAM.replace("{body}", body).replace("{sign}", sign).replace("{longest}", str(longest)))
    return [facts.on_filled for facts in record.attentions or ()]


@pytest.mark.parametrize("name", BODIES)
def test_a_mask_leaves_what_it_is_to_leave(name: str):
    assert on_filled(BODIES[name]) == [pytest.approx(0, abs=1e-3)]


@pytest.mark.parametrize("name", BODIES)
def test_a_mask_the_wrong_way_round_leaves_the_rest(name: str):
    assert on_filled(BODIES[name], sign="==") == [pytest.approx(1, abs=1e-3)]


def test_without_a_mask_it_is_shared():
    (share,) = on_filled("x = torch.softmax(x @ x.mT, -1) @ x")
    assert 0.1 < share < 0.9


def test_softmax_over_something_else_is_no_attention():
    assert on_filled("x = torch.softmax(x, -1)") == []


def test_where_rows_are_filled_up():
    tokens = torch.tensor([[1, 2, 3, 0, 0], [4, 0, 0, 0, 0], [5, 6, 7, 8, 0], [1, 2, 0, 0, 0], [1, 2, 3, 4, 5]])
    (filled,) = filled_places((tokens,), {})
    assert filled.sum(1).tolist() == [2, 4, 1, 3, 0]
    assert len(filled_places((torch.nn.functional.one_hot(tokens, 9)[:, :, 1:].float(),), {})) == 1
    assert filled_places((tokens + 1, tokens.T), {"mask": tokens > 0, "none": None})[0].equal(filled)
    assert filled_places((torch.randint(0, 3, (20, 9)), torch.ones(3), "text"), {}) == []


FITS = [((6, 4), True), ((6, 2, 3, 4), True), ((12, 3, 4), True), ((6, 3), False), ((5, 4), False)]


@pytest.mark.parametrize(("shape", "fits"), FITS)
def test_axes_between_rows_and_positions(shape, fits):
    found = by_row(torch.ones(shape), torch.Size((6, 4)))
    assert (found is not None) == fits
    if found is not None:
        assert found.shape == (6, 4)
