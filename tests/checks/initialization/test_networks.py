"""Troubles of a network as a whole, and the correct networks that look like them."""

import pytest

from bringup.capture.running import watch_source
from bringup.checks import CHECKS, run_checks

PROGRAM = """
import math
import torch
import torch.nn.functional as F
from torch import nn
torch.manual_seed(0)
x = torch.randn(640, 8)
y = (x[:, 0] + x[:, 1] > 0).long()
{model}
optimizer = torch.optim.{optimizer}
for epoch in range({epochs}):
    for start in range(0, 512, 32):
        loss = F.cross_entropy(model(x[start : start + 32]), y[start : start + 32])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
"""
FIRST = PROGRAM.lstrip("\n")[: PROGRAM.lstrip("\n").index("{model}")].count("\n") + 1
MLP = "model = nn.Sequential(nn.Linear(8, 32), nn.{act}(), nn.Linear(32, 32), nn.{act}(), nn.Linear(32, 2))\n"
EACH = "for p in model.parameters():\n    {fill}\n"
CODES = ("INI", "ARC303", "ARC304", "NUM")


def found(model, *, optimizer="Adam(model.parameters(), lr=3e-3)", epochs=4):
    record = watch_source(PROGRAM.format(model=model, optimizer=optimizer, epochs=epochs))
    findings, results = run_checks(record, CHECKS)
    assert not [result for result in results if result.outcome == "crashed"]
    return [(f.code, f.where.line - FIRST + 1 if f.where else 0) for f in findings if f.code.startswith(CODES)], record


FAULTY = [
    (MLP.format(act="ReLU") + EACH.format(fill="nn.init.constant_(p, 0.5)"), "INI301", 3),
    (MLP.format(act="ReLU") + EACH.format(fill="p.data.fill_(0.1)"), "INI301", 3),
    (MLP.format(act="Tanh") + EACH.format(fill="nn.init.zeros_(p)"), "INI301", 3),
    (
        "class Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n"
        "        self.w = nn.Parameter(torch.zeros(8, 16))\n        self.v = nn.Parameter(torch.zeros(16, 2))\n"
        "    def forward(self, x):\n        return torch.relu(x @ self.w) @ self.v\nmodel = Net()",
        "INI301",
        4,
    ),
    (
        "model = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Dropout(0.2), nn.Linear(32, 2))\n"
        + EACH.format(fill="nn.init.ones_(p)"),
        "INI301",
        3,
    ),
    (
        "class Factors(nn.Module):\n    def __init__(self):\n        super().__init__()\n"
        "        self.a, self.b = nn.Embedding(8, 4), nn.Embedding(8, 4)\n        nn.init.zeros_(self.a.weight)\n"
        "        nn.init.zeros_(self.b.weight)\n        self.bias = nn.Parameter(torch.zeros(2))\n"
        "    def forward(self, x):\n        one, other = x.argmax(1), x.argmin(1)\n"
        "        return (self.a(one) * self.b(other)).sum(1, keepdim=True) + self.bias\nmodel = Factors()",
        "INI301",
        5,
    ),
    (MLP.format(act="ReLU") + EACH.format(fill="nn.init.normal_(p, 0, 3)"), "INI302", 3),
    (MLP.format(act="ReLU") + EACH.format(fill="nn.init.uniform_(p, 0, 2)"), "INI302", 3),
    (MLP.format(act="ReLU") + EACH.format(fill="p.data.mul_(20)"), "INI302", 3),
    (MLP.format(act="Tanh") + EACH.format(fill="nn.init.normal_(p, 0, 2)"), "INI302", 3),
]


@pytest.mark.parametrize(("model", "code", "line"), FAULTY)
def test_a_bad_beginning_is_named_at_its_line(model, code, line):
    findings, record = found(model)
    assert findings == [(code, line)], (record.weights, record.signals)


def test_small_weights_and_a_loss_that_stays():
    model = MLP.format(act="Tanh") + EACH.format(fill="nn.init.normal_(p, 0, 1e-4)")
    findings, _ = found(model, optimizer="SGD(model.parameters(), lr=0.05)")
    assert findings == [("INI302", 3)]


def test_a_deep_network_whose_gradient_fades():
    layers = "layers = []\nfor _ in range(40):\n    layers += [nn.Linear(8, 8), nn.Tanh()]\n"
    model = layers + "model = nn.Sequential(*layers, nn.Linear(8, 2))"
    findings, _ = found(model, optimizer="SGD(model.parameters(), lr=0.01)", epochs=2)
    assert findings == [("NUM103", 3)]


NET = """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        {build}
    def forward(self, x):
        {forward}
model = Net()
""".strip()


def net(*build, forward):
    indent = "\n        "
    return NET.format(build=indent.join(build), forward=indent.join(forward))


HEALTHY = {
    "a linear model from zero": "model = nn.Linear(8, 2)\n" + EACH.format(fill="nn.init.zeros_(p)"),
    "the last layer from zero": MLP.format(act="ReLU") + "nn.init.zeros_(model[4].weight)\nnn.init.zeros_(model[4].bias)",
    "the first layer from zero, with tanh": "model = nn.Sequential(nn.Linear(8, 16), nn.Tanh(), nn.Linear(16, 2))\n"
    "nn.init.zeros_(model[0].weight)",
    "an adapter from zero": net(
        "self.base = nn.Linear(8, 16).requires_grad_(False)",
        "self.a, self.b = nn.Linear(8, 4, bias=False), nn.Linear(4, 16, bias=False)",
        "self.head = nn.Linear(16, 2)",
        "nn.init.zeros_(self.b.weight)",
        forward=["return self.head(torch.relu(self.base(x) + self.b(self.a(x))))"],
    ),
    "residual branches that begin at zero": net(
        "self.a, self.b, self.head = nn.Linear(8, 8), nn.Linear(8, 8), nn.Linear(8, 2)",
        "nn.init.zeros_(self.a.weight)",
        "nn.init.zeros_(self.b.weight)",
        forward=["x = x + torch.tanh(self.a(x))", "x = x + torch.tanh(self.b(x))", "return self.head(x)"],
    ),
    "layer norm and scales of one": net(
        "self.a, self.norm, self.head = nn.Linear(8, 32), nn.LayerNorm(32), nn.Linear(32, 2)",
        "self.scale = nn.Parameter(torch.ones(32))",
        forward=["return self.head(torch.relu(self.norm(self.a(x)) * self.scale))"],
    ),
    "large weights behind batch norm": "norm = nn.BatchNorm1d(32)\nmodel = nn.Sequential(nn.Linear(8, 32), norm, nn.ReLU(), "
    "nn.Linear(32, 2))\nnn.init.normal_(model[0].weight, 0, 5)",
    "two sigmoids": MLP.format(act="Sigmoid"),
    "tanh": MLP.format(act="Tanh"),
    "positions from zero": net(
        "self.places = nn.Parameter(torch.zeros(1, 8, 4))",
        "self.a, self.head = nn.Linear(1, 4), nn.Linear(32, 2)",
        forward=["return self.head(torch.relu(self.a(x.unsqueeze(2)) + self.places).flatten(1))"],
    ),
    "a bottle neck of few living units": "model = nn.Sequential(nn.Linear(8, 64), nn.ReLU(), nn.Linear(64, 2))\n"
    "nn.init.constant_(model[0].bias[:32].data, -9.0)",
}


@pytest.mark.parametrize("model", HEALTHY.values(), ids=HEALTHY.keys())
def test_healthy_beginnings_are_left_alone(model):
    assert found(model, optimizer="Adam(model.parameters(), lr=1e-2)")[0] == []


def test_gates_of_recurrent_layers_are_no_stack_of_sigmoids():
    model = net(
        "self.cell, self.head = nn.GRUCell(1, 16), nn.Linear(16, 2)",
        forward=[
            "h = x.new_zeros(len(x), 16)",
            "for k in range(8):",
            "    h = self.cell(x[:, k : k + 1], h)",
            "return self.head(h)",
        ],
    )
    assert found(model, optimizer="SGD(model.parameters(), lr=1e-4)")[0] == []


def test_what_is_noted_of_each_layer():
    _, record = found(MLP.format(act="ReLU"))
    assert [layer.kind for layer in record.layers] == ["Linear", "ReLU", "Linear", "ReLU", "Linear"]
    assert [layer.output_shape for layer in record.layers][-1] == (32, 2)
    assert {layer.where.line for layer in record.layers} == {FIRST}
    assert [weight.name for weight in record.weights] == ["0.weight", "2.weight", "4.weight"]
    assert [weight.last for weight in record.weights] == [False, False, True]
    assert all(0.4 < weight.scale < 0.8 for weight in record.weights)
    assert [entry.weight for entry in record.signals] == ["0.weight", "2.weight", "4.weight"]
    assert {unit.layer for unit in record.units} == {"0.weight", "2.weight"}
    assert all(unit.kind == "relu" and unit.units == 32 for unit in record.units)
