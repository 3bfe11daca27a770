"""Programs that ask for gradients: which of these calls are the training, and which are not."""

import pytest

from bringup.capture.running import watch_source
from bringup.checks import CHECKS, run_checks

HEAD = """
import torch
from torch import nn
import torch.nn.functional as F
torch.manual_seed(0)
x = torch.randn(96, 6)
y = (x[:, 0] > 0).long()
net = nn.Sequential(nn.Linear(6, 16), nn.Tanh(), nn.Linear(16, 2))
"""
TRAINS = {
    "parameters of a module": """
parameters = list(net.parameters())
for _ in range(40):
    gradients = torch.autograd.grad(F.cross_entropy(net(x), y), parameters)
    with torch.no_grad():
        for p, g in zip(parameters, gradients):
            p -= 0.5 * g
""",
    "plain tensors that are changed in place": """
w, b = torch.zeros(6, requires_grad=True), torch.zeros(1, requires_grad=True)
for _ in range(40):
    loss = F.binary_cross_entropy_with_logits(x @ w + b, y.float())
    for p, g in zip((w, b), torch.autograd.grad(loss, (w, b))):
        p.data -= 0.5 * g
""",
    "plain tensors that are made anew": """
w = torch.zeros(6, requires_grad=True)
for _ in range(40):
    (g,) = torch.autograd.grad(F.binary_cross_entropy_with_logits(x @ w, y.float()), w)
    w = (w - 0.5 * g).detach().requires_grad_()
""",
    "a step through a step": """
from torch.func import functional_call
names = [name for name, _ in net.named_parameters()]
for _ in range(40):
    slow = list(net.parameters())
    inner = F.cross_entropy(net(x[:48]), y[:48])
    fast = [p - 0.1 * g for p, g in zip(slow, torch.autograd.grad(inner, slow, create_graph=True))]
    outer = F.cross_entropy(functional_call(net, dict(zip(names, fast)), (x[48:],)), y[48:])
    with torch.no_grad():
        for p, g in zip(slow, torch.autograd.grad(outer, slow)):
            p -= 0.5 * g
""",
}
SOMETHING_ELSE = {
    "the derivative with respect to an input": """
z = x.clone().requires_grad_()
for _ in range(10):
    torch.autograd.grad(net(z)[:, 0].sum(), z)
""",
    "rows of second derivatives": """
w = torch.ones(6, requires_grad=True)
(g,) = torch.autograd.grad((x @ w).pow(4).mean(), w, create_graph=True)
for number in range(6):
    torch.autograd.grad(g[number], w, retain_graph=True)
torch.autograd.grad((g * torch.ones(6)).sum(), w)
""",
}
OTHERWISE = """
optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
for _ in range(12):
    z = x.clone().requires_grad_()
    seen = net(z)
    (slope,) = torch.autograd.grad(seen.sum(), z, create_graph=True)
    first = torch.autograd.grad(F.cross_entropy(seen, y), list(net.parameters()), retain_graph=True)
    optimizer.zero_grad()
    (F.cross_entropy(seen, y) + ((slope.norm(dim=1) - 1) ** 2).mean()).backward()
    optimizer.step()
"""


@pytest.mark.parametrize("body", TRAINS.values(), ids=TRAINS)
def test_a_training_by_gradients_that_are_asked_for(body):
    record = watch_source(HEAD + body)
    assert (record.program.steps, record.program.backwards) == (0, 40)
    losses = record.need_series("step/loss")
    assert len(losses) == 40
    assert losses.values[-1] < losses.values[0]
    findings, _ = run_checks(record, CHECKS)
    assert [f"{finding.code}: {finding.message}" for finding in findings if finding.severity.loud] == []


@pytest.mark.parametrize("body", SOMETHING_ELSE.values(), ids=SOMETHING_ELSE)
def test_what_trains_nothing_is_no_pass(body):
    assert watch_source(HEAD + body).program.backwards == 0


def test_beside_an_optimizer_they_are_no_passes():
    record = watch_source(HEAD + OTHERWISE)
    assert (record.program.steps, record.program.backwards) == (12, 12)
    assert record.modes is None or all(not entry.in_eval for entry in record.modes)
