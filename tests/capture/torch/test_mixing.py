"""The trial on a copy changes nothing of the program, and says nothing where it cannot tell."""

import random

import numpy as np
import pytest
import torch
from torch import nn

from bringup.capture.torch.mixing import measure


class Noisy(nn.Module):
    """Draws random numbers, counts its calls, prints."""

    def __init__(self):
        super().__init__()
        self.layer, self.norm, self.drop = nn.Linear(6, 6), nn.BatchNorm1d(6), nn.Dropout(0.5)
        self.calls = 0

    def forward(self, x):
        self.calls += 1
        print("called")  # noqa: T201 - what people write
        noise = torch.randn_like(x) + random.random() + np.random.rand()  # noqa: NPY002 - likewise
        return self.drop(self.norm(self.layer(x + noise)))


def test_nothing_changes(capsys):
    torch.manual_seed(0)
    model, x = Noisy(), torch.randn(16, 6)
    before = {name: value.clone() for name, value in model.state_dict().items()}
    states = torch.get_rng_state(), random.getstate(), np.random.get_state()[1].copy()  # noqa: NPY002
    assert measure(model, (x,), {}, 16).reached == 0
    assert torch.equal(states[0], torch.get_rng_state())
    assert states[1] == random.getstate()
    assert (states[2] == np.random.get_state()[1]).all()  # noqa: NPY002
    assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())
    assert model.training
    assert model.calls == 0
    assert model.layer.weight.grad is None
    assert x.grad is None
    assert capsys.readouterr().out == ""


class Raises(nn.Module):
    """Runs in train mode only."""

    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(6, 6)

    def forward(self, x):
        if not self.training:
            raise RuntimeError
        return self.layer(x)


class Generates(Raises):
    """Holds random numbers of its own."""

    def __init__(self):
        super().__init__()
        self.generator = torch.Generator()


def hooked():
    model = nn.Linear(6, 6)
    model.register_forward_hook(lambda *_: None)
    return model


@pytest.mark.parametrize(
    ("model", "shape"),
    [
        (Raises(), (16, 6)),
        (Generates(), (16, 6)),
        (hooked(), (16, 6)),
        (nn.BatchNorm1d(6, track_running_stats=False), (16, 6)),
        (nn.Linear(16, 6), (16, 16)),
        (nn.Linear(6, 6), (20, 6)),
    ],
    ids=["raises", "generator", "hooks", "batch-statistics", "square", "other-rows"],
)
def test_nothing_is_said_where_it_cannot_be_told(model, shape):
    assert measure(model, (torch.randn(shape),), {}, 16) is None


def test_steps_of_the_wrong_axis_are_reached():
    mixed = measure(nn.LSTM(6, 8), (torch.randn(16, 5, 6),), {}, 16)
    assert mixed.reached == 8
    assert mixed.layers[0].kind == "LSTM"
