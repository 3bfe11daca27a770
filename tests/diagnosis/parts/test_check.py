"""`bringup.check(model, …)` with a module of torch: faults are found, healthy trainings are not, and nothing is changed."""

import random
from html import unescape

import numpy as np
import pytest
import torch
import torch.nn.functional as functions
from torch import nn

import bringup
from bringup.checks import CHECKS
from bringup.diagnosis.diagnosis import Diagnosis
from bringup.diagnosis.parts.reach import OF_NETWORKS, OF_THE_LOOP
from bringup.findings import Outcome


def data(seed: int = 0, rows: int = 512) -> tuple[torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(seed)
    x_ND = torch.randn(rows, 8, generator=generator)
    return x_ND, (x_ND[:, 0] > 0).long() + (x_ND[:, 1] > 0).long()


def network(*last: nn.Module, seed: int = 0) -> nn.Module:
    torch.manual_seed(seed)
    return nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 3), *last)


def adam(rate: float):
    return lambda parameters: torch.optim.Adam(parameters, lr=rate)


def loud(diagnosis: Diagnosis) -> list[str]:
    return [finding.code for finding in diagnosis.findings if finding.severity.loud]


def flipped(output: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
    return -functions.cross_entropy(output, target)


@pytest.mark.parametrize("seed", range(4))
def test_a_healthy_training(seed):
    found = bringup.check(
        network(seed=seed),
        data=data(seed),
        loss="cross_entropy",
        optimizer=adam(3e-3),
        validation=data(seed + 100),
        seed=seed,
        budget=0,
    )
    assert (found.verdict.status, loud(found)) == ("healthy", [])


@pytest.mark.parametrize(
    ("model", "loss", "rate", "code"),
    [
        (network(nn.Softmax(1)), nn.CrossEntropyLoss(), 3e-3, "LOS301"),
        (network(), nn.CrossEntropyLoss(), 1e-7, "LRN302"),
        (network(), nn.CrossEntropyLoss(), 10.0, "LRN101"),
        (network(), flipped, 1e-3, "UPD307"),
    ],
    ids=["softmax", "slow", "fast", "sign"],
)
def test_a_faulty_training(model, loss, rate, code):
    assert bringup.check(model, data=data(), loss=loss, optimizer=adam(rate), budget=0).verdict.code == code


def test_unscaled_inputs():
    x_ND, y_N = data()
    other_MD, z_M = data(1)
    found = bringup.check(
        network(), data=(1000 * x_ND + 5000, y_N), loss="cross_entropy", validation=(1000 * other_MD + 5000, z_M), budget=0
    )
    assert found.verdict.code == "PRE308"


def test_shuffled_labels():
    x_ND, y_N = data()
    order = torch.randperm(len(y_N), generator=torch.Generator().manual_seed(1))
    assert bringup.check(network(), data=(x_ND, y_N[order]), loss="cross_entropy", budget=0).verdict.code == "LAB301"


def test_a_finding_is_put_to_the_test():
    found = bringup.check(network(nn.Softmax(1)), data=data(), loss=nn.CrossEntropyLoss(), optimizer=adam(3e-3), budget=1)
    (finding,) = [finding for finding in found.findings if finding.code == "LOS301"]
    assert finding.confirmed_by is not None
    assert (finding.confirmed_by.probe, finding.confirmed_by.answer) == ("raw-logits", "yes")
    assert finding.where is None  # it was built in no line of the training


def test_one_batch_is_learned():
    found = bringup.check(network(), data=data(), loss=nn.CrossEntropyLoss(), optimizer=adam(1e-2))
    (probe,) = found.probes
    assert (probe.probe, probe.answer, probe.shape) == ("overfit-one-batch", "yes", "converges")
    assert found.verdict.status == "healthy"


def test_a_line_is_named_where_the_fault_has_one():
    found = bringup.check(network(), data=data(), loss=flipped, optimizer=adam(1e-3), budget=0)
    where = found.findings[0].where
    assert where is not None
    assert (where.file.endswith("test_check.py"), where.line) == (True, flipped.__code__.co_firstlineno + 1)
    assert 'class="excerpt"' in unescape(found._repr_html_())


def test_the_same_seed_gives_the_same_diagnosis():
    def once(seed: int) -> tuple:
        found = bringup.check(network(nn.Dropout(0.2)), data=data(), loss="cross_entropy", steps=60, seed=seed)
        return found.verdict, found.findings, found.checks, found.probes

    assert once(3) == once(3)


def test_nothing_of_the_person_is_changed():
    model = network(nn.Dropout(0.1)).eval()
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3, weight_decay=0.1)
    functions.cross_entropy(model(data()[0]), data()[1]).backward()
    optimizer.step()
    loader = torch.utils.data.DataLoader(
        torch.utils.data.TensorDataset(*data()), batch_size=32, shuffle=True, generator=torch.Generator().manual_seed(5)
    )
    random.seed(1)
    np.random.seed(1)  # noqa: NPY002 - the one that is to be left alone

    def state() -> list[torch.Tensor]:
        moments = [value for entry in optimizer.state_dict()["state"].values() for value in entry.values()]
        drawn = [torch.tensor(np.random.get_state()[1].astype("int64")), torch.tensor(random.getstate()[1])]  # noqa: NPY002
        gradients = [parameter.grad for parameter in model.parameters()]
        kept = [*model.state_dict().values(), *gradients, *moments, *drawn, torch.get_rng_state(), loader.generator.get_state()]
        return [value.clone() for value in kept]

    def penalised(output: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
        return functions.cross_entropy(output, target) + 1e-4 * sum(p.pow(2).sum() for p in model.parameters())

    before, threads = state(), torch.get_num_threads()
    bringup.check(model, data=loader, loss=penalised, optimizer=optimizer, validation=data(1), steps=60, budget=1)
    assert all(torch.equal(a, b) for a, b in zip(before, state(), strict=True))
    assert not model.training
    assert torch.get_num_threads() == threads
    assert optimizer.param_groups[0]["params"][0] is next(model.parameters())


def test_an_optimizer_of_other_parameters_is_a_finding():
    optimizer = torch.optim.Adam(network(seed=1).parameters(), lr=1e-3)
    assert {"UPD304", "UPD305"} & set(
        loud(bringup.check(network(), data=data(), loss="cross_entropy", optimizer=optimizer, budget=0))
    )


def test_what_the_training_raises_is_a_finding():
    found = bringup.check(nn.Linear(5, 3), data=data(), loss="cross_entropy")
    assert (found.verdict.status, found.verdict.code) == ("crashed", "CRS301")
    assert found.verdict.summary


def test_checks_that_judge_a_loop_are_not_passed():
    found = bringup.check(network(), data=data(), loss="cross_entropy", steps=30, budget=0)
    assert {check.outcome for check in found.checks if check.name in OF_THE_LOOP} == {Outcome.NOT_APPLICABLE}
    assert len(found.checks) == len(CHECKS)
    assert {*OF_THE_LOOP, *OF_NETWORKS} <= {check.name for check in CHECKS}


def test_select_and_ignore():
    given = {"data": data(), "loss": "cross_entropy", "budget": 0, "steps": 60}
    assert bringup.check(network(nn.Softmax(1)), ignore="LOS301", **given).verdict.code != "LOS301"
    only = bringup.check(network(nn.Softmax(1)), select=["LOS301"], **given)
    assert [finding.code for finding in only.findings] == ["LOS301"]


def test_it_shows_itself():
    found = bringup.check(network(nn.Softmax(1)), data=data(), loss="cross_entropy", steps=60, budget=0)
    assert "LOS301" in repr(found)
    assert "LOS301" in found._repr_html_()
    assert max(map(len, repr(found).splitlines())) <= 80
    assert Diagnosis.from_json(found.to_json()).verdict == found.verdict


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("kind", ["regression", "binary", "images", "sequence"])
def test_healthy_trainings_of_other_kinds(kind, seed):
    generator = torch.Generator().manual_seed(seed)
    torch.manual_seed(seed)
    x_ND = torch.randn(512, 8, generator=generator)
    parts = {
        "regression": (nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 1)), x_ND, x_ND[:, :1] * 2 + x_ND[:, 1:2]),
        "binary": (nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 1)), x_ND, (x_ND[:, 0] > 0).float()),
        "images": (
            nn.Sequential(nn.Conv2d(1, 4, 3), nn.ReLU(), nn.Flatten(), nn.Linear(144, 2)),
            torch.randn(512, 1, 8, 8, generator=generator) + 0.5 * (x_ND[:, 0] > 0).float()[:, None, None, None],
            (x_ND[:, 0] > 0).long(),
        ),
        "sequence": (
            nn.Sequential(nn.Embedding(20, 16), nn.Flatten(), nn.Linear(80, 2)),
            (tokens := torch.randint(20, (512, 5), generator=generator)),
            (tokens[:, 0] > 9).long(),
        ),
    }
    model, x, y = parts[kind]
    found = bringup.check(model, data=(x[:384], y[:384]), validation=(x[384:], y[384:]), optimizer=adam(2e-3), seed=seed)
    assert loud(found) == []
