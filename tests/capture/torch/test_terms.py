"""What a loss is the sum of."""

import pytest

from bringup.capture.running import watch_source

PROGRAM = """
import torch
from torch import nn
from torch.nn import functional as F
torch.manual_seed(0)
x = torch.rand(64, 6)
model = nn.Sequential(nn.Linear(6, 10), nn.Sigmoid())
optimizer = torch.optim.Adam(model.parameters())
for step in range(4):
    code = model(x)
    again, mean = code[:, :6], code[:, 6:]
    loss = {loss}
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
"""
MEAN, SUM = ("mean", (64, 6)), ("sum", (64, 4))


@pytest.mark.parametrize(
    ("loss", "expected"),
    [
        ("F.mse_loss(again, x) + mean.pow(2).sum()", [(*MEAN, 1.0), (*SUM, 1.0)]),
        ("F.mse_loss(again, x) - 0.5 * torch.sum(1 - mean.pow(2))", [(*MEAN, 1.0), (*SUM, 0.5)]),
        ("(again - x).pow(2).mean() + mean.pow(2).sum() / 64", [(*MEAN, 1.0), (*SUM, 1 / 64)]),
        ("2 * (F.l1_loss(again, x) + 3 * -mean.abs().sum())", [(*MEAN, 2.0), (*SUM, 6.0)]),
        ("F.mse_loss(again, x) + mean.pow(2).sum(1).mean()", [(*MEAN, 1.0), ("mean", (64,), 1.0)]),
        ("F.mse_loss(again, x) + sum(w.abs().sum() for w in model.parameters())", []),
        ("F.mse_loss(again, x)", []),
        ("F.mse_loss(again, x) * mean.pow(2).sum()", []),
    ],
)
def test_means_sums_and_factors(loss, expected):
    weighed = watch_source(PROGRAM.replace("{loss}", loss)).need("weighed")
    found = [(term.reduction, term.shape, pytest.approx(term.factor)) for entry in weighed for term in entry.terms]
    assert sorted(found, key=str) == sorted(expected, key=str)


def test_a_term_is_on_the_line_that_reduces_it():
    source = PROGRAM.replace(
        "loss = {loss}", "one = F.mse_loss(again, x)\n    other = mean.pow(2).sum()\n    loss = one + other"
    )
    terms = watch_source(source).need("weighed")[0].terms
    assert {(term.reduction, term.where.line) for term in terms} == {("mean", 11), ("sum", 12)}


KL = "-0.5 * (1 + logs - mean.pow(2) - logs.exp())"


@pytest.mark.parametrize(
    ("divergence", "expected"),
    [
        (f"({KL}).sum(1).mean()", (2, True)),
        (f"torch.mean(torch.sum({KL}, dim=1), dim=0)", (2, True)),
        ("0.5 * (mean**2 + logs.exp() - logs - 1).sum(-1).mean()", (2, True)),
        ("-(mean.softmax(1) * mean.log_softmax(1)).sum(1).mean()", (2, False)),
        ("mean.abs().sum(1).mean()", (2, False)),
        (f"({KL}).mean()", (1, False)),
        ("(-0.5 * torch.sum(1 + logs - mean * mean - logs.exp(), 1)).mean()", (2, True)),
        ("(logs.exp() - mean * logs).sum(1).mean()", (2, False)),  # of Poisson
        ("0.5 * (logs + (mean - x[:, :2]).pow(2) / logs.exp()).sum(1).mean()", (2, False)),  # of a normal distribution
    ],
)
def test_divergences_that_are_summed_over_the_values_of_a_row(divergence, expected):
    source = PROGRAM.replace("{loss}", f"F.mse_loss(again, x) + {divergence}").replace("code[:, 6:]", "code[:, 6:8]")
    terms = watch_source(source.replace("    loss =", "    logs = code[:, 8:]\n    loss =")).need("weighed")[0].terms
    assert [(term.summed, term.divergence) for term in terms if term.where and term.shape != (64, 6)] == [expected]


@pytest.mark.parametrize("weight", ["0.01 * {}.sum(1).mean()", "(0.01 * {}).sum(1).mean()", "(0.01 * {}.sum(1)).mean()"])
def test_a_weight_counts_wherever_it_stands(weight):
    loss = "F.mse_loss(again, x) + " + weight.format(f"({KL})")
    source = PROGRAM.replace("{loss}", loss).replace("code[:, 6:]", "code[:, 6:8]")
    terms = watch_source(source.replace("    loss =", "    logs = code[:, 8:]\n    loss =")).need("weighed")[0].terms
    assert [term.factor for term in terms if term.divergence] == [pytest.approx(0.005)]
