"""Shapes that fit by accident: the ways in which people get them wrong, and look-alikes that are right."""

import pytest

from bringup.capture.running import watch_source
from bringup.checks import CHECKS, run_checks

START = """
import torch
import torch.nn.functional as F
from torch import nn
torch.manual_seed(0)
"""
STEPS = """
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for epoch in range(3):
    for rows in torch.randperm(len(x)).split(32):
        loss = judge(model({given}), y[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
"""
NET = """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        {layers}
    def forward(self, x):
        {forward}
model = Net()
def judge(out, y):
    return {loss}
"""
SEQUENCES = "x = torch.randn(256, 10, 3)\ny = (x[:, 7:].sum((1, 2)) > 0).long()\n"
TOKENS = "x = torch.randint(1, 8, (256, 12))\ny = x[:, 0]\n"
AMOUNTS = "x = torch.randn(256, 6)\ny = x @ torch.randn(6) / 6**0.5\n"
ANSWER = "F.cross_entropy(out, y)"


def codes_of(program):
    findings, results = run_checks(watch_source(program), CHECKS)
    assert [result.reason for result in results if result.outcome.value == "crashed"] == []
    return {finding.code for finding in findings if finding.severity.loud}


def sequence_program(layers, forward, *, data=SEQUENCES, given="x[rows]", loss=ANSWER):
    return START + data + NET.format(layers=layers, forward=forward, loss=loss) + STEPS.format(given=given)


HEAD = "; self.head = nn.Linear(24, 2)"
ENCODER = (
    "self.inside = nn.Linear(3, 24); layer = nn.TransformerEncoderLayer(24, 2, 32{option}); "
    "self.rnn = nn.TransformerEncoder(layer, 1, enable_nested_tensor=False)"
)


@pytest.mark.parametrize(
    ("layers", "forward", "data"),
    [
        ("self.rnn = nn.LSTM(3, 24)" + HEAD, "return self.head(self.rnn(x)[0][:, -1])", SEQUENCES),
        (ENCODER.format(option="") + HEAD, "return self.head(self.rnn(self.inside(x)).mean(1))", SEQUENCES),
        (
            "self.inside = nn.Linear(3, 24); self.rnn = nn.MultiheadAttention(24, 2)" + HEAD,
            "x = self.inside(x); return self.head(self.rnn(x, x, x)[0].mean(1))",
            SEQUENCES,
        ),
        (
            "self.words = nn.Embedding(8, 16); self.rnn = nn.GRU(16, 24); self.head = nn.Linear(24, 8)",
            "return self.head(self.rnn(self.words(x))[0][:, -1])",
            TOKENS,
        ),
        ("self.rnn = nn.GRU(6, 24)" + HEAD, "return self.head(self.rnn(x)[0])", AMOUNTS + "y = (y > 0).long()\n"),
    ],
    ids=["lstm", "transformer", "attention", "tokens", "rows-as-steps"],
)
def test_a_layer_that_takes_examples_for_steps(layers, forward, data):
    program = sequence_program(layers, forward, data=data)
    findings, _ = run_checks(watch_source(program), CHECKS)
    assert {finding.code for finding in findings if finding.severity.loud} == {"SHP303"}
    assert "self.rnn = " in program.lstrip("\n").splitlines()[findings[0].where.line - 1]


@pytest.mark.parametrize(
    ("layers", "forward", "given"),
    [
        ("self.rnn = nn.LSTM(3, 24)" + HEAD, "return self.head(self.rnn(x)[0][-1])", "x[rows].transpose(0, 1)"),
        ("self.rnn = nn.LSTM(3, 24, batch_first=True)" + HEAD, "return self.head(self.rnn(x)[0][:, -1])", "x[rows]"),
        (ENCODER.format(option=", batch_first=True") + HEAD, "return self.head(self.rnn(self.inside(x)).mean(1))", "x[rows]"),
        (
            "self.norm = nn.BatchNorm1d(10); self.head = nn.Linear(30, 2)",
            "return self.head(torch.relu(self.norm(x)).flatten(1))",
            "x[rows]",
        ),
    ],
    ids=["time-first", "batch-first", "transformer", "batch-norm"],
)
def test_layers_that_take_steps_for_steps(layers, forward, given):
    assert codes_of(sequence_program(layers, forward, given=given)) == set()


def test_outputs_that_depend_on_others_on_purpose():
    program = """
x = torch.randn(300, 6)
y = (x @ torch.randn(6, 4)).argmax(1)
near = (torch.rand(300, 300) < 0.01).float() + torch.eye(300)
near = near / near.sum(1, keepdim=True)
class Graph(nn.Module):
    def __init__(self):
        super().__init__()
        self.one, self.two = nn.Linear(6, 32), nn.Linear(32, 4)
    def forward(self, x):
        return self.two(near @ torch.relu(self.one(near @ x)))
model = Graph()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for step in range(40):
    loss = F.cross_entropy(model(x), y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
"""
    record = watch_source(START + program)
    assert record.mixing[0].reached > 0
    assert {finding.code for finding in run_checks(record, CHECKS)[0] if finding.code.startswith("SHP")} == set()


HEADS = (
    "self.inside, self.head = nn.Linear(3, 16), nn.Linear(16, 2); "
    "self.q, self.k, self.v = nn.Linear(16, 16), nn.Linear(16, 16), nn.Linear(16, 16)"
)
PLAIN = "x = torch.relu(self.inside(x)); q, k, v = self.q(x), self.k(x), self.v(x); "
SPLIT = PLAIN + "B, T, _ = x.shape; q, k, v = [part.view(B, T, 2, 8).transpose(1, 2) for part in (q, k, v)]; "
LAST = "return self.head((w @ v).transpose(1, 2).reshape(B, T, 16)[:, -1])"
MEAN = "return self.head((w @ v).mean(1))"
EINSUM = "torch.einsum('bts,bsd->btd', w, v)"
MASK = "torch.ones(10, 10).triu(1).bool()"


@pytest.mark.parametrize(
    ("forward", "codes"),
    [
        (SPLIT + "w = F.dropout((q @ k.mT / 3).softmax(2), 0.1, self.training); " + LAST, {"SHP305"}),
        (SPLIT + "w = (q @ k.mT / 3).softmax(1); " + LAST, {"SHP305"}),
        (SPLIT + "w = (q @ k.mT / 3).softmax(-1); " + LAST, set()),
        (SPLIT + "w = (q @ k.mT / 3).softmax(-1); " + LAST.replace(".transpose(1, 2)", ""), {"SHP304"}),
        (SPLIT.replace("T, 2, 8).transpose(1, 2)", "2, T, 8)") + "w = (q @ k.mT / 3).softmax(-1); " + LAST, {"SHP304"}),
        (PLAIN + "w = torch.einsum('btd,bsd->bts', q, k).softmax(1); " + MEAN.replace("w @ v", EINSUM), {"SHP305"}),
        (PLAIN + "w = torch.einsum('btd,bsd->bts', q, k).softmax(2); " + MEAN.replace("w @ v", EINSUM), set()),
        (PLAIN + f"w = (q @ k.mT).masked_fill({MASK}, -1e9).softmax(1); " + MEAN, {"SHP305"}),
        (PLAIN + f"w = (q @ k.mT).masked_fill({MASK}, -1e9).softmax(2); " + MEAN, set()),
    ],
)
def test_attention(forward, codes):
    assert codes_of(sequence_program(HEADS, forward)) == codes


@pytest.mark.parametrize(
    "forward",
    [
        PLAIN + "return self.head((q.softmax(-1) @ (k.softmax(1).mT @ v)).mean(1))",
        PLAIN + "return self.head((q.softmax(-1).mT @ (v + k)).mean(1))",
        PLAIN + "w = (q @ k.mT).softmax(1) + 1e-6; w = w / w.sum(-1, keepdim=True); " + MEAN,
        PLAIN + "w = F.pad(q @ k.mT, (1, 0)).view(-1, 11, 10)[:, 1:].softmax(-1); " + MEAN,
    ],
    ids=["linear-attention", "rows-to-clusters", "slots", "skewed"],
)
def test_weights_that_are_meant(forward):
    assert codes_of(sequence_program(HEADS, forward)) == set()


POOL = "self.inside, self.score, self.head = nn.Linear(3, 16), nn.Linear(16, 1), nn.Linear(16, 2)"


@pytest.mark.parametrize(
    ("pool", "codes"),
    [
        ("w = self.score(x).softmax(1); return self.head((w * x).sum(1))", set()),
        ("w = self.score(x).softmax(-1); return self.head((w * x).sum(1))", {"SHP305"}),
        ("w = self.score(x).squeeze(-1).softmax(0); return self.head((w[..., None] * x).sum(1))", {"SHP302"}),
    ],
)
def test_pooling_by_weights(pool, codes):
    found = codes_of(sequence_program(POOL, "x = torch.relu(self.inside(x)); " + pool))
    assert {code for code in found if code.startswith("SHP")} == codes


@pytest.mark.parametrize(
    ("forward", "loss", "codes"),
    [
        ("return self.out(x)", "(y - out).abs().mean()", {"SHP301"}),
        ("return self.out(x)", "torch.sqrt(torch.mean(torch.square(torch.sub(out, y))))", {"SHP301"}),
        ("return self.out(x).squeeze(1)", "F.l1_loss(out, y.unsqueeze(1))", {"SHP301"}),
        ("return self.out(x)", "(x0(y) * F.mse_loss(out, y[:, None], reduction='none')).mean()", {"SHP301"}),
        ("return self.out(x).squeeze(1)", "(out - y).pow(2).mean() + 0.01 * (out[:, None] - out).pow(2).mean()", set()),
        ("return self.out(x).squeeze(1)", "F.softplus((out - out[:, None]) * torch.sign(y[:, None] - y)).mean()", set()),
        ("return self.out(x)", "torch.maximum(0.1 * (y[:, None] - out), -0.9 * (y[:, None] - out)).mean()", set()),
        ("return self.out(x).squeeze(1)", "F.mse_loss(out, y) + 0.01 * F.mse_loss(out, torch.zeros(1))", set()),
    ],
)  # fmt: skip
@pytest.mark.filterwarnings("ignore:Using a target size")
def test_broadcasts(forward, loss, codes):
    layers = "self.out = nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, 1))"
    data = AMOUNTS + "x0 = lambda y: y.abs()\n"
    assert codes_of(sequence_program(layers, forward, data=data, loss=loss)) == codes


RNN = "self.rnn = nn.LSTM(3, 12, bidirectional=True, batch_first=True)"
CONV = "self.conv = nn.Conv1d(3, 24, 3)"
MAPS = "x = torch.relu(self.conv(x.mT)); "


@pytest.mark.parametrize(
    ("layers", "forward", "codes"),
    [
        (RNN, "return self.head(self.rnn(x)[1][0].view(len(x), -1))", {"SHP304"}),
        (RNN, "return self.head(self.rnn(x)[1][0].transpose(0, 1).flatten(1))", set()),
        (CONV, MAPS + "return self.head(x.reshape(len(x), -1, 24).mean(1))", {"SHP304"}),
        (CONV, MAPS + "return self.head(x.flatten(2).mT.mean(1))", set()),
        ("self.one = nn.Linear(30, 24)", "return self.head(torch.relu(self.one(x.view(len(x), -1))))", set()),
    ],
)
def test_views(layers, forward, codes):
    assert codes_of(sequence_program(layers + HEAD, forward)) == codes
