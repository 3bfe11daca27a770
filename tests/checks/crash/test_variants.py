"""One fault, many wordings: each exception of torch must be explained by the check of its kind, at the line to change."""

import pytest

from bringup.capture.running import watch_source
from bringup.checks import CHECKS, run_checks

HEAD = """
import numpy as np
import torch
import torch.nn.functional as F
from torch import nn
from torch.utils.data import DataLoader, Dataset, TensorDataset
torch.manual_seed(0)
X = torch.randn
"""
FIRST = HEAD.count("\n")  # lines before that of a program

PROGRAMS = [
    # layers; each entry is a program, the code, and the line that must be named
    ("nn.Linear(4, 2)(X(3, 7, 5))", "CRS301", 1),
    ("model = nn.Sequential(\n    nn.Linear(8, 16),\n    nn.Linear(8, 2),\n)\nmodel(X(3, 8))", "CRS301", 3),
    ("model = nn.Sequential(nn.Conv2d(1, 4, 3), nn.Linear(4 * 36, 2))\nmodel(X(2, 1, 8, 8))", "CRS301", 2),
    ("conv = nn.Conv2d(3, 4, 3)\nconv(X(2, 8, 8, 3))", "CRS301", 2),
    ("conv = nn.Conv2d(1, 4, 3)\nconv(X(2, 8, 8))", "CRS301", 2),
    ("conv = nn.Conv2d(1, 4, 9)\nconv(X(2, 1, 8, 8))", "CRS301", 2),
    ("nn.BatchNorm1d(5)(X(3, 4))", "CRS301", 1),
    ("nn.BatchNorm2d(5)(X(3, 4))", "CRS301", 1),
    ("nn.LayerNorm(5)(X(3, 4))", "CRS301", 1),
    ("nn.GroupNorm(2, 4)(X(3, 6, 2))", "CRS301", 1),
    ("nn.LSTM(5, 6)(X(3, 2, 4))", "CRS301", 1),
    ("nn.GRU(5, 6, batch_first=True)(X(3, 2, 5), X(1, 7, 6))", "CRS301", 1),
    ("nn.LSTMCell(5, 6)(X(3, 4))", "CRS301", 1),
    ("nn.TransformerEncoderLayer(8, 2)(X(3, 2, 6))", "CRS301", 1),
    # operations of the person's own
    ("a, b = X(2, 3), X(4, 3)\ntorch.cat([a, b], 1)", "CRS312", 2),
    ("a, b = X(2, 3), X(2, 4)\na + b", "CRS312", 2),
    ("a, b = X(2, 3), X(2, 4)\na @ b", "CRS312", 2),
    ("a = X(2, 3)\na.view(-1, 4)", "CRS312", 2),
    ("a = X(2, 3)\na.t().view(-1)", "CRS312", 2),
    ("torch.stack([X(2), X(3)])", "CRS312", 1),
    ("a, b = X(2, 3), X(4, 5)\ntorch.einsum('ij,jk->ik', a, b)", "CRS312", 2),
    ("a = X(2, 3)\na.permute(0, 3, 1)", "CRS312", 2),
    ("a, b = X(2, 3, 4), X(3, 4, 2)\ntorch.bmm(a, b)", "CRS312", 2),
    # indices
    ("nn.Embedding(5, 2)(torch.tensor([5]))", "CRS302", 1),
    ("nn.Embedding(5, 2)(torch.tensor([-1]))", "CRS302", 1),
    ("F.one_hot(torch.tensor([3]), 3)", "CRS302", 1),
    ("a, i = X(2, 3), torch.tensor([[3]])\na.gather(1, i)", "CRS302", 2),
    ("a, i = X(2, 3), torch.tensor([5])\na[i]", "CRS302", 2),
    ("F.cross_entropy(X(2, 3), torch.tensor([1, 3]))", "CRS302", 1),
    ("F.cross_entropy(X(2, 3), torch.tensor([1, -1]))", "CRS302", 1),
    ("model = nn.Linear(4, 3)\nF.cross_entropy(model(X(3, 4)), torch.tensor([0, 1, 4]))", "CRS302", 1),
    # types
    ("nn.Linear(4, 2)(X(3, 4).double())", "CRS303", 1),
    ("nn.Linear(4, 2)(torch.ones(3, 4).long())", "CRS303", 1),
    ("nn.Conv2d(1, 4, 3)(torch.ones(2, 1, 8, 8, dtype=torch.uint8))", "CRS303", 1),
    ("nn.LSTM(4, 2)(X(3, 2, 4).double())", "CRS303", 1),
    ("nn.Embedding(5, 2)(X(2))", "CRS303", 1),
    ("F.cross_entropy(X(2, 3), torch.tensor([1.0, 2.0]))", "CRS303", 1),
    ("F.cross_entropy(X(2, 3), torch.tensor([1, 2], dtype=torch.int32))", "CRS303", 1),
    ("F.binary_cross_entropy_with_logits(X(2), torch.tensor([1, 0]))", "CRS303", 1),
    ("F.binary_cross_entropy(torch.rand(2), torch.tensor([1, 0]))", "CRS303", 1),
    ("a = torch.ones(3).long()\na.mean()", "CRS303", 2),
    ("a = np.array([1, None])\ntorch.from_numpy(a)", "CRS303", 2),
    ("nn.Linear(6, 3)(nn.LSTM(2, 6)(X(2, 2, 2)))", "CRS303", 1),
    # devices
    ("nn.Linear(4, 2, device='meta')(X(3, 4))", "CRS304", 1),
    ("nn.Linear(4, 2).to('cuda')", "CRS304", 1),
    # backward
    ("w = X(3, requires_grad=True)\nloss = (w**2).sum()\nloss.backward()\nloss.backward()", "CRS305", 4),
    ("w = X(2, requires_grad=True)\nw += 1", "CRS306", 2),
    ("w = X(2, requires_grad=True)\nw[0] = 1", "CRS306", 2),
    ("X(2).sum().backward()", "CRS307", 1),
    ("model = nn.Linear(2, 1)\nwith torch.no_grad():\n    loss = model(X(3, 2)).mean()\nloss.backward()", "CRS307", 3),
    ("model = nn.Linear(2, 1).requires_grad_(False)\nloss = model(X(3, 2)).mean()\nloss.backward()", "CRS307", 3),
    (
        "model = nn.Linear(2, 3)\nlogits = model(X(3, 2))\nanswer = logits.argmax(1)\n"
        "loss = F.mse_loss(answer.float(), torch.ones(3))\nloss.backward()",
        "CRS307",
        3,
    ),
    (
        "class Net(nn.Linear):\n    @torch.no_grad()\n    def forward(self, x):\n        return super().forward(x)\n"
        "loss = Net(2, 1)(X(3, 2)).mean()\nloss.backward()",
        "CRS307",
        2,
    ),
    (
        "class Net(nn.Linear):\n    def forward(self, x):\n        with torch.no_grad():\n"
        "            return super().forward(x)\nmodel = Net(2, 1)\nloss = model(X(3, 2)).mean()\nloss.backward()",
        "CRS307",
        4,
    ),
    ("w = X(2, requires_grad=True)\nw.exp().backward()", "CRS308", 2),
    # losses
    ("F.cross_entropy(X(2, 3), torch.tensor([[1], [2]]))", "CRS308", 1),
    ("F.cross_entropy(X(2, 3), torch.tensor([[1, 0, 0], [0, 1, 0]]))", "CRS308", 1),
    ("F.cross_entropy(X(2, 5, 3), torch.zeros(2, 5).long())", "CRS308", 1),
    ("F.binary_cross_entropy(torch.rand(2, 1), torch.rand(2))", "CRS308", 1),
    ("F.mse_loss(X(2, 3), X(2, 4))", "CRS308", 1),
    ("nn.BCEWithLogitsLoss()(X(2, 1), torch.rand(2))", "CRS308", 1),
    (
        "model = nn.Linear(4, 6)\nh = model(X(8, 4))\nscores = h.view(-1, 3)\nF.cross_entropy(scores, torch.zeros(8).long())",
        "CRS308",
        3,
    ),
    (
        "model = nn.Linear(4, 3)\na = model(X(8, 4))\nscores = torch.cat([a, a])\n"
        "F.cross_entropy(scores, torch.zeros(8).long())",
        "CRS308",
        3,
    ),
    # data
    ("loader = DataLoader([X(1), X(2)], batch_size=2)\nnext(iter(loader))", "CRS310", 1),
    ("loader = DataLoader([None, None], batch_size=2)\nnext(iter(loader))", "CRS310", 1),
    ("loader = DataLoader([[1], [1, 2]], batch_size=2)\nnext(iter(loader))", "CRS310", 1),
    (
        "rnn, loader = nn.GRU(2, 3, batch_first=True), DataLoader(X(10, 5, 2), batch_size=4)\nfor x in loader:\n"
        "    rnn(x, torch.zeros(1, 4, 3))",
        "CRS309",
        3,
    ),
    ("a = nn.Linear(2, 3)\na.load_state_dict({'module.' + k: v for k, v in a.state_dict().items()})", "CRS311", 2),
    # nothing of torch in it
    ("open('not/there.csv')", "CRS399", 1),
    ("import argparse\nnumber = {}['batch']", "CRS399", 2),
    ("[1, 2, 3][7]", "CRS399", 1),
    ("raise ValueError('the sizes of the tensors must match')", "CRS399", 1),
    ("assert X(3).sum() > 100, 'out of range'", "CRS399", 1),
    ("nn.Linear(2, 3).foo", "CRS399", 1),
    ("a = X(2)\na.item()", "CRS399", 2),
    ("torch.empty(1 << 45)", "MEM302", 1),
    ("np.zeros(1 << 46)", "MEM302", 1),
]


@pytest.mark.parametrize(("program", "code", "line"), PROGRAMS, ids=[f"{code}-{program[:50]}" for program, code, _ in PROGRAMS])
def test_each_is_explained_at_its_line(program, code, line):
    record = watch_source(HEAD + program)
    findings, _ = run_checks(record, CHECKS)
    crashes = [finding for finding in findings if finding.code.startswith(("CRS", "MEM"))]
    assert [finding.code for finding in crashes] == [code], record.failure
    assert crashes[0].where is not None
    assert crashes[0].where.line == line + FIRST - 1, crashes[0].message
    assert len(crashes[0].message) < 600


def test_what_the_program_prints_in_its_forward_pass_is_not_printed_again(capsys):
    watch_source(
        HEAD
        + """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.first, self.second = nn.Linear(4, 8), nn.Linear(4, 2)

    def forward(self, x):
        print("shape", x.shape)
        return self.second(self.first(x))

Net()(X(3, 4))
"""
    )
    assert capsys.readouterr().out.count("shape") == 1


def test_the_layers_on_the_way_are_there():
    record = watch_source(HEAD + "m = nn.Sequential(nn.Conv2d(1, 4, 3), nn.Flatten(), nn.Linear(9, 2))\nm(X(2, 1, 8, 8))")
    assert record.failure is not None
    assert [layer.kind for layer in record.failure.layers] == ["Conv2d", "Flatten", "Linear"]
    assert record.failure.layers[-1].problem
    assert record.failure.layers[1].output_shape == (2, 144)
