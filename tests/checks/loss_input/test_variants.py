"""What goes into a loss: the ways in which people get it wrong, and look-alikes that are right."""

import pytest

from bringup.capture.running import watch_source
from bringup.checks import CHECKS, run_checks

PROGRAM = """
import torch
import torch.nn.functional as F
from torch import nn
torch.manual_seed(0)
x = torch.randn(600, 6)
{data}
model = nn.Sequential(nn.Linear(6, 32), nn.ReLU(), nn.Linear(32, {outputs}){end})
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
{before}
def judge(out, y):
    return {loss}
for epoch in range(4):
    for rows in torch.randperm(480).split(32):
        loss = judge(model(x[rows]), y[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
"""
CLASSES = "y = (x @ torch.randn(6, 4)).argmax(1)"
ONE_HOT = CLASSES + "\ny = F.one_hot(y, 4).float()"
SHARES = CLASSES + "\ny = F.one_hot(y, 4) * 0.9 + 0.025"
BINARY = "y = (x[:, 0] * x[:, 1] + x[:, 2] > 0).float()"
AMOUNTS = "y = x @ torch.randn(6) / 6**0.5 + 0.1 * torch.randn(600)"
FLAT = ", nn.Flatten(0)"

FAULTS = [
    (CLASSES, 4, ", nn.Softmax(1)", "F.nll_loss(F.log_softmax(out, 1), y)", "LOS301"),
    (ONE_HOT, 4, ", nn.Softmax(1)", "F.cross_entropy(out, y)", "LOS301"),
    (CLASSES, 4, ", nn.Softmax(1)", "-(F.one_hot(y, 4) * torch.log_softmax(out, 1)).sum(1).mean()", "LOS301"),
    (BINARY, 1, ", nn.Sigmoid()" + FLAT, "F.binary_cross_entropy(torch.sigmoid(out), y)", "LOS302"),
    (
        BINARY + "\ny = F.one_hot(y.long(), 2).float()",
        2,
        ", nn.Softmax(1)",
        "F.binary_cross_entropy_with_logits(out, y)",
        "LOS302",
    ),
    (CLASSES, 4, ", nn.Sigmoid()", "F.nll_loss(out, y)", "LOS303"),
    (SHARES, 4, ", nn.Softmax(1)", "F.kl_div(out, y, reduction='batchmean')", "LOS303"),
    (SHARES, 4, "", "F.kl_div(out, y, reduction='batchmean')", "LOS304"),
    (BINARY + "\ny = y.long() * 0", 1, "", "F.cross_entropy(out, y)", "LOS305"),
    (BINARY + "\ny = y.unsqueeze(1)", 1, "", "F.cross_entropy(out, y)", "LOS305"),
    (BINARY + "\ny = y.unsqueeze(1)", 1, ", nn.Softmax(1)", "((out - y) ** 2).mean()", "LOS305"),
    (BINARY, 1, FLAT, "F.cross_entropy(out, y)", "LOS306"),
    (BINARY, 1, FLAT, "F.binary_cross_entropy_with_logits(out, y + 1)", "LOS306"),
    (CLASSES, 1, FLAT, "F.binary_cross_entropy_with_logits(out, y.float())", "LOS306"),
    (BINARY, 1, FLAT, "F.soft_margin_loss(out, y)", "LOS306"),
    (SHARES, 4, ", nn.LogSoftmax(1)", "F.kl_div(out, y.log(), reduction='batchmean')", "LOS306"),
    (BINARY, 1, ", nn.Sigmoid()" + FLAT, "F.binary_cross_entropy(0.05 + 0.9 * y, out)", "LOS307"),
    ("y = (x[:, :4] > 0).float()", 4, "", "F.cross_entropy(out, y)", "LOS308"),
    (AMOUNTS, 1, ", nn.ReLU()" + FLAT, "((out - y) ** 2).mean()", "ARC305"),
    (AMOUNTS + "\ny = 2 * y", 1, ", nn.Tanh()" + FLAT, "F.smooth_l1_loss(out, y)", "ARC305"),
    (CLASSES, 4, ", nn.Sigmoid()", "F.cross_entropy(out, y)", "LOS312"),
    (BINARY, 1, ", nn.ReLU()" + FLAT, "F.binary_cross_entropy_with_logits(out, y)", "LOS312"),
    (CLASSES, 4, ", nn.Softmax(1)", "-out[torch.arange(len(y)), y].mean()", "LOS313"),
    (CLASSES, 4, "", "-out.softmax(1).gather(1, y[:, None]).squeeze(1).mean()", "LOS313"),
]
RIGHT = [
    (CLASSES, 4, ", nn.LogSoftmax(1)", "F.cross_entropy(out, y)"),  # once more changes nothing
    (CLASSES, 4, ", nn.Softmax(1)", "F.nll_loss(torch.log(out), y)"),
    (CLASSES, 4, ", nn.Softmax(1)", "F.nll_loss(torch.log(out + 1e-6), y)"),
    (CLASSES, 4, "", "F.nll_loss(out - out.logsumexp(1, keepdim=True), y)"),
    (ONE_HOT, 4, "", "F.cross_entropy(out, y)"),
    (SHARES, 4, ", nn.LogSoftmax(1)", "F.kl_div(out, y, reduction='batchmean')"),
    (SHARES, 4, "", "F.kl_div(y.log(), out.softmax(1), reduction='batchmean')"),  # the reverse divergence
    (CLASSES, 4, ", nn.Tanh()", "F.cross_entropy(10 * out, y)"),
    (BINARY, 1, FLAT, "F.binary_cross_entropy_with_logits(out, y * (0.7 + 0.5 * torch.rand(len(y))))"),
    (AMOUNTS, 1, ", nn.Tanh()" + FLAT, "F.mse_loss(5 * out, y)"),
    (AMOUNTS + "\ny = y.exp()", 1, ", nn.Softplus()" + FLAT, "F.mse_loss(out, y)"),
    (AMOUNTS, 1, FLAT, "F.mse_loss(y, out)"),
    (AMOUNTS, 1, FLAT, "F.mse_loss(out, y, reduction='sum')"),  # which Adam does not mind
    (CLASSES, 4, "", "(1 - out.softmax(1).gather(1, y[:, None])).mean()"),  # the mean absolute error of probabilities
    (CLASSES, 4, "", "-((1 - out.softmax(1)) ** 2 * out.log_softmax(1)).gather(1, y[:, None]).mean()"),  # focal
]


def findings_of(data, outputs, end, loss):
    program = PROGRAM.format(data=data, outputs=outputs, end=end, loss=loss, before="")
    findings, results = run_checks(watch_source(program), CHECKS)
    assert [result.reason for result in results if result.outcome.value == "crashed"] == []
    return findings, program.lstrip("\n").splitlines()


@pytest.mark.parametrize(("data", "outputs", "end", "loss", "code"), FAULTS, ids=lambda value: str(value)[:60])
def test_faults_are_named_at_a_line_that_is_to_be_changed(data, outputs, end, loss, code):
    findings, lines = findings_of(data, outputs, end, loss)
    found = [finding for finding in findings if finding.severity.loud and finding.code.startswith(("LOS", "SHP", "ARC"))]
    assert {finding.code for finding in found} == {code}
    for finding in found:
        line = lines[finding.where.line - 1]
        assert loss in line or (end and end in line)


@pytest.mark.parametrize(("data", "outputs", "end", "loss"), RIGHT, ids=lambda value: str(value)[:60])
def test_look_alikes_are_left_alone(data, outputs, end, loss):
    findings, _ = findings_of(data, outputs, end, loss)
    assert [finding.code for finding in findings if finding.severity.loud] == []


PADDED = """
import torch
import torch.nn.functional as F
from torch import nn
from torch.nn.utils.rnn import pad_sequence
torch.manual_seed(0)
rows = [torch.randint(1, 9, (int(length),)) for length in torch.randint(2, 12, (255,))] + [torch.randint(1, 9, (24,))]
x = pad_sequence(rows, batch_first=True)
y = pad_sequence([(row * 3) % 9 + {first} for row in rows], batch_first=True)
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.words, self.rnn, self.out = nn.Embedding(9, 16), nn.GRU(16, 24, batch_first=True), nn.Linear(24, 10)
    def forward(self, x):
        return self.out(self.rnn(self.words(x))[0])
model = Net()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
weight = torch.tensor([0.0] + 9 * [1.0])
for epoch in range(2):
    for part in torch.randperm(256).split(32):
        out, target = model(x[part]), y[part]
        loss = {loss}
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
"""


@pytest.mark.parametrize(
    ("loss", "first", "counted"),
    [
        ("F.cross_entropy(out.flatten(0, 1), target.flatten())", 1, True),
        ("F.cross_entropy(out.transpose(1, 2), target)", 1, True),
        ("F.cross_entropy(out.transpose(1, 2), target)", 0, True),  # 0 is a class, too
        ("F.cross_entropy(out[:, :-1].reshape(-1, 10), x[part][:, 1:].reshape(-1))", 1, True),
        ("F.cross_entropy(out.flatten(0, 1), target.flatten(), ignore_index=0)", 1, False),
        ("F.cross_entropy(out.flatten(0, 1), target.flatten(), weight=weight)", 1, False),
        ("F.cross_entropy(out.transpose(1, 2), target, reduction='none')[target > 0].mean()", 1, False),
        ("F.cross_entropy(out[target > 0], target[target > 0])", 1, False),
    ],
)
def test_padding_is_told_from_what_a_loss_leaves_out(loss, first, counted):
    findings, _ = run_checks(watch_source(PADDED.format(loss=loss, first=first)), CHECKS)
    assert ("LOS310" in {finding.code for finding in findings}) is counted


@pytest.mark.parametrize(
    ("optimizer", "loss", "explained"),
    [
        ("SGD", "F.mse_loss(out, y, reduction='sum')", True),
        ("SGD", "((out - y) ** 2).sum()", True),
        ("SGD", "F.mse_loss(out, y, reduction='sum') / len(y)", False),
        ("Adam", "F.mse_loss(out, y, reduction='sum')", False),
    ],
)
def test_a_sum_is_blamed_only_where_a_mean_would_do(optimizer, loss, explained):
    program = PROGRAM.format(data=AMOUNTS, outputs=1, end=FLAT, loss=loss, before="")
    program = program.replace("Adam(model.parameters(), lr=1e-2)", f"{optimizer}(model.parameters(), lr=0.05)")
    codes = {finding.code for finding in run_checks(watch_source(program), CHECKS)[0] if finding.severity.loud}
    assert ("LOS311" in codes) is explained
    assert not explained or "LRN101" not in codes
