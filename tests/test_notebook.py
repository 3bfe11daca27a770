"""`with bringup.watch(optimizer):` around a loop."""

import pytest
import torch
import torch.nn.functional as functions
from torch import nn

import bringup
from bringup.errors import BringupError
from bringup.notebook import Watch


def train(*last: nn.Module, steps: int = 60, fail: bool = False) -> Watch:
    torch.manual_seed(0)
    x_ND = torch.randn(256, 6)
    y_N = (x_ND[:, 0] > 0).long()
    network = nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, 2), *last)
    optimizer = torch.optim.Adam(network.parameters(), lr=1e-2)
    watched = bringup.watch(optimizer)
    with watched:
        for number in range(steps):
            optimizer.zero_grad()
            loss = functions.cross_entropy(network(x_ND), y_N)
            loss.backward()
            optimizer.step()
            if fail and number == 5:
                raise ValueError("enough")
    return watched


def test_a_healthy_loop():
    watched = train()
    assert watched.diagnosis.verdict.status == "healthy"
    assert watched.record.program.steps == 60
    assert "nothing wrong" in repr(watched)


def test_a_faulty_loop_names_the_line():
    watched = train(nn.Softmax(dim=1))
    (finding,) = [finding for finding in watched.diagnosis.findings if finding.severity.loud]
    assert finding.code == "LOS301"
    assert finding.where.file.endswith("test_notebook.py")
    assert "LOS301" in watched._repr_html_()


def test_names_of_checks_are_judged_before_the_loop_runs():
    with pytest.raises(BringupError, match="NOPE1"):
        bringup.watch(ignore=("NOPE1",))


def test_an_open_block_has_no_diagnosis():
    watched = bringup.watch()
    with pytest.raises(BringupError, match="still open"):
        _ = watched.diagnosis
    assert repr(watched) == "<Watch: open>"


def test_an_exception_goes_on_and_is_judged():
    with pytest.raises(ValueError, match="enough"):
        train(fail=True)
