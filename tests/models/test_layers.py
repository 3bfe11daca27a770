"""The walk through a network: every layer is listed, a mismatch is explained, and the network is left as it was."""

import pytest
import torch
from torch import nn

from bringup.models.classical import build, scores, view
from bringup.models.layers import walk
from bringup.models.network import MLP, count_parameters, initialise


def test_every_layer_is_listed():
    seen = walk(MLP(4, 3, hidden=(8,), dropout=0.1), torch.randn(5, 4))
    assert seen.problem is None
    assert [layer.kind for layer in seen.layers] == ["Linear", "ReLU", "Dropout", "Linear"]
    assert [layer.output_shape for layer in seen.layers] == [(5, 8), (5, 8), (5, 8), (5, 3)]
    assert seen.layers[0].input_shape == (5, 4)
    assert [layer.parameters for layer in seen.layers] == [40, 0, 0, 27]
    assert seen.layers[0].bytes == 2 * 4 * 40 + 2 * 4 * 40
    assert {layer.dtype for layer in seen.layers} == {"float32"}


class Outside(nn.Module):
    """Fails between its layers."""

    def __init__(self):
        super().__init__()
        self.first = nn.Linear(4, 3)

    def forward(self, x):
        return torch.cat([self.first(x), x[:2]], dim=1)


class Attribute(nn.Module):
    def forward(self, x):
        return self.missing_layer(x)


@pytest.mark.parametrize(
    ("network", "given", "numbers"),
    [
        (nn.Sequential(nn.Linear(4, 8), nn.Linear(9, 2)), torch.randn(5, 4), ["`1`", "in_features=9", "8"]),
        (nn.Sequential(nn.Conv2d(3, 4, 3)), torch.randn(2, 1, 8, 8), ["in_channels=3", "given 1"]),
        (nn.Sequential(nn.Conv2d(3, 4, 3)), torch.randn(1, 8, 8), ["in_channels=3", "given 1"]),
        (nn.Sequential(nn.Conv2d(3, 4, 3)), torch.randn(8, 8), ["in_channels=3", "[8, 8]"]),
        (nn.Sequential(nn.Conv1d(5, 4, 3)), torch.randn(2, 9, 5), ["in_channels=5", "given 9"]),
        (
            nn.Sequential(nn.Linear(4, 2)),
            torch.randn(5, 4, dtype=torch.float64),
            ["holds float32", "float64", ".to(torch.float32)"],
        ),
        (nn.Sequential(nn.Linear(4, 2)), torch.ones(5, 4, dtype=torch.long), ["holds float32", "int64"]),
        (nn.Sequential(nn.Embedding(10, 2)), torch.tensor([[1, 10]]), ["10 rows", "row 10"]),
        (nn.Sequential(nn.Embedding(10, 2)), torch.tensor([[-3, 1]]), ["10 rows", "row -3"]),
        (nn.Sequential(nn.Embedding(10, 2)), torch.tensor([[1.0, 2.0]]), ["whole numbers", "float32", ".long()"]),
        (nn.LSTM(7, 3, batch_first=True), torch.randn(2, 5, 6), ["input_size=7", "given 6"]),
        (nn.Sequential(nn.BatchNorm1d(6)), torch.randn(4, 5), ["num_features=6", "given 5"]),
        (nn.Sequential(nn.LayerNorm(6)), torch.randn(4, 5), ["LayerNorm", "[4, 5]"]),
        (Outside(), torch.randn(5, 4), ["the model", "Outside"]),
        (Attribute(), torch.randn(5, 4), ["Attribute", "missing_layer"]),
    ],
)
def test_the_first_mismatch_is_explained(network, given, numbers):
    seen = walk(network, given)
    assert seen.problem is not None
    assert "\n" not in seen.problem
    assert all(part in seen.problem for part in numbers), seen.problem
    assert seen.layers[-1].problem == seen.problem


def test_memory_that_runs_out_is_no_mismatch():
    class Large(nn.Module):
        def forward(self, x):
            raise torch.OutOfMemoryError("CUDA out of memory")

    with pytest.raises(torch.OutOfMemoryError):
        walk(Large(), torch.ones(1))


@pytest.mark.parametrize("width", [4, 5])
def test_the_network_is_left_as_it_was(width):
    network = nn.Sequential(nn.Linear(4, 3), nn.BatchNorm1d(3), nn.Dropout(0.5), nn.Linear(3, 2)).train()
    network[1].eval()  # a frozen batch norm
    before = {name: value.clone() for name, value in network.state_dict().items()}
    state = torch.get_rng_state()
    walk(network, torch.randn(6, width, generator=torch.Generator().manual_seed(0)))
    assert [module.training for module in network.modules()] == [True, True, False, True, True]
    assert all(torch.equal(value, before[name]) for name, value in network.state_dict().items())
    assert all(parameter.grad is None for parameter in network.parameters())
    assert not any(module._forward_hooks or module._forward_pre_hooks for module in network.modules())
    assert torch.equal(state, torch.get_rng_state())


def test_initialisation():
    network = initialise(MLP(1000, 10, hidden=(500,)), seed=0)
    first, _, last = network
    assert isinstance(first, nn.Linear)
    assert isinstance(last, nn.Linear)
    assert first.weight.std().item() == pytest.approx((2 / 1000) ** 0.5, rel=0.02)  # He et al. 2015
    assert last.weight.std().item() == pytest.approx((2 / 510) ** 0.5, rel=0.05)  # Glorot & Bengio 2010
    assert not first.bias.any()
    assert not last.bias.any()
    assert torch.equal(first.weight, initialise(MLP(1000, 10, hidden=(500,)), seed=0)[0].weight)
    assert count_parameters(network) == 1001 * 500 + 501 * 10
    assert len(MLP(3, 1, hidden=())) == 1


def test_views_and_scores_of_estimators():
    assert (view("trees"), view("linear")) == ("codes", "dense")
    x = torch.randn(40, 2, generator=torch.Generator().manual_seed(0)).numpy()
    y = (x[:, 0] > 0) * 2
    found = scores(build("linear", task="classification", seed=0).fit(x, y), x, classes=3)
    assert found.shape == (40, 3)
    assert not found[:, 1].any()
    assert (found.argmax(axis=1) == y).mean() > 0.9
