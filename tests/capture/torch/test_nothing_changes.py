"""Watching changes nothing: not a digit of what is computed, and no attribute once it is over."""

import pytest
import torch
import torch.nn.functional as functions
from torch import nn
from torch.utils.data import DataLoader, TensorDataset
from torch.utils.data.dataloader import _BaseDataLoaderIter

from bringup.capture.watching import Watching
from bringup.record import digest


def train(*, dropout: bool = True, steps: int = 30) -> str:
    """A training with everything random in it; the digest of what came out."""
    torch.manual_seed(0)
    x_ND, y_N = torch.randn(256, 8), torch.randint(0, 3, (256,))
    network = nn.Sequential(
        nn.Linear(8, 32), nn.BatchNorm1d(32), nn.ReLU(), nn.Dropout(0.3 if dropout else 0.0), nn.Linear(32, 3)
    )
    optimizer = torch.optim.AdamW(network.parameters(), lr=1e-2)
    schedule = torch.optim.lr_scheduler.StepLR(optimizer, 10)
    loader = DataLoader(TensorDataset(x_ND, y_N), batch_size=32, shuffle=True)
    losses = []
    while len(losses) < steps:
        for x_BD, y_B in loader:
            optimizer.zero_grad()
            loss = functions.cross_entropy(network(x_BD), y_B)
            loss.backward()
            nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimizer.step()
            schedule.step()
            losses.append(loss.item())
        network.eval()
        with torch.no_grad():
            losses.append(functions.cross_entropy(network(x_ND), y_N).item())
        network.train()
    return digest([losses, [p.detach().numpy().tolist() for p in network.parameters()], torch.rand(3).tolist()])


def test_the_same_to_the_last_digit():
    alone = train()
    with Watching():
        watched = train()
    assert watched == alone
    assert train() == alone


ATTRIBUTES = [
    (nn.Module, "__call__"),
    (nn.Module, "__init__"),
    (functions, "cross_entropy"),
    (functions, "mse_loss"),
    (torch.autograd, "backward"),
    (torch.optim.Optimizer, "__init__"),
    (torch.optim.lr_scheduler.LRScheduler, "step"),
    (DataLoader, "__iter__"),
    (_BaseDataLoaderIter, "__next__"),
    (nn.utils, "clip_grad_norm_"),
]


def test_everything_is_put_back():
    before = [vars(owner).get(name) for owner, name in ATTRIBUTES]
    with Watching():
        assert all(vars(owner).get(name) is not own for (owner, name), own in zip(ATTRIBUTES, before, strict=True))
    assert [vars(owner).get(name) for owner, name in ATTRIBUTES] == before
    assert torch.overrides._get_current_function_mode() is None


def test_everything_is_put_back_after_an_exception():
    before = [vars(owner).get(name) for owner, name in ATTRIBUTES]
    with pytest.raises(ZeroDivisionError), Watching():
        raise ZeroDivisionError
    assert [vars(owner).get(name) for owner, name in ATTRIBUTES] == before


def test_only_one_block_at_a_time():
    with Watching(), pytest.raises(RuntimeError, match="open already"), Watching():
        pass
    with Watching() as watching:
        train(steps=8)
    assert watching.record is not None
    assert watching.record.need("program").steps == 8


def test_a_failing_observer_costs_the_program_nothing():
    alone = train()
    with Watching() as watching:
        for observer in watching.session.observers:
            observer.on_call = lambda call: 1 / 0
        watching.session.listeners["on_call"] = [observer.on_call for observer in watching.session.observers]
        watched = train()
    assert watched == alone


@pytest.mark.parametrize(
    "name", ["modules.count", "modules.mark_beginning", "modules.mark_end", "losses.ended", "backward.before"]
)
def test_what_fails_at_a_boundary_costs_the_program_nothing(monkeypatch, name):
    def fails(*args, **kwargs):
        raise ZeroDivisionError

    alone = train(steps=60)
    monkeypatch.setattr(f"bringup.capture.torch.{name}", fails)
    with Watching() as watching:
        watched = train(steps=60)
    assert watched == alone
    assert watching.session.troubles[name.partition(".")[0]] == "ZeroDivisionError: "


class Wrapped:
    """What a library may return: no tensor, and none can be found in it."""

    def __init__(self, value):
        self.value = value


ANSWERS = {
    "a distribution": (lambda x: torch.distributions.Normal(x, 1.0), lambda out: -out.log_prob(torch.zeros(8, 2)).mean()),
    "an object": (Wrapped, lambda out: out.value.square().mean()),
    "a function": (lambda x: lambda: x, lambda out: out().square().mean()),
    "a dictionary": (lambda x: {"out": x, "none": None}, lambda out: out["out"].square().mean()),
    "a number and a tuple": (lambda x: (3, (x,)), lambda out: out[1][0].square().mean()),
    "a sparse tensor": (lambda x: x.relu().to_sparse(), lambda out: out.to_dense().square().mean()),
}


@pytest.mark.parametrize("name", ANSWERS)
def test_a_model_may_answer_with_anything(name):
    answer, judge = ANSWERS[name]

    class Network(nn.Module):
        def __init__(self):
            super().__init__()
            self.layer = nn.Linear(3, 2)

        def forward(self, x):
            return answer(self.layer(x))

    def trained():
        torch.manual_seed(0)
        network = Network()
        optimizer = torch.optim.SGD(network.parameters(), lr=0.01)
        for _ in range(130):
            optimizer.zero_grad()
            judge(network(torch.randn(8, 3))).backward()
            optimizer.step()
        return network.layer.weight.tolist()

    alone = trained()
    with Watching() as watching:
        watched = trained()
    assert watched == alone
    assert watching.record.need("program").steps == 130
    assert watching.session.troubles == {}


def test_the_persons_own_modes_survive():
    with Watching(), torch.device("meta"):
        network = nn.Linear(3, 2)
        assert network(torch.ones(4, 3)).is_meta
    assert torch.overrides._get_current_function_mode() is None
    assert not torch.ones(1).is_meta


def test_a_mode_entered_while_the_lens_is_open_and_left_later():
    mode = torch.device("cpu")
    with Watching():
        mode.__enter__()
        train(steps=40)
        mode.__exit__(None, None, None)
        train(steps=8)
    assert torch.overrides._get_current_function_mode() is None
