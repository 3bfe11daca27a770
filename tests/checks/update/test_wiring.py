"""The ways in which the wiring between gradients and optimizers is broken, and the correct programs that look alike."""

import pytest

from bringup.capture.running import watch_source
from bringup.checks import CHECKS, run_checks

HEAD = """import torch
from torch import nn
import torch.nn.functional as F
torch.manual_seed(0)
x = torch.randn(256, 8)
y = (x[:, 0] + x[:, 1] > 0).long()
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Linear(8, 16)
        self.last = nn.Linear(16, 2)
    def forward(self, x):
        return self.last(self.first(x).relu())
"""
MINE = ("UPD", "MOD3", "SCH", "MEM3")


def found(body: str, head: str = HEAD) -> dict[str, str]:
    """Code to source line of the loud findings of the families at hand."""
    source = head + body
    findings, _ = run_checks(watch_source(source), [check for check in CHECKS if check.code.startswith(MINE)])
    lines = source.splitlines()
    loud = [finding for finding in findings if finding.severity.loud]
    return {f.code: lines[f.where.line - 1].strip() if f.where and f.where.line else "" for f in loud}


CASES = {
    "cleared once an epoch": (
        """
net = Net()
optimizer = torch.optim.SGD(net.parameters(), lr=0.01)
for epoch in range(6):
    optimizer.zero_grad()
    for batch in torch.randperm(256).split(32):
        F.cross_entropy(net(x[batch]), y[batch]).backward()
        optimizer.step()
""",
        {"UPD301": "F.cross_entropy(net(x[batch]), y[batch]).backward()"},
    ),
    "cleared by hand": (
        """
net = Net()
optimizer = torch.optim.SGD(net.parameters(), lr=0.01)
for step in range(30):
    for p in net.parameters():
        p.grad = None
    F.cross_entropy(net(x), y).backward()
    optimizer.step()
""",
        {},
    ),
    "another optimizer is cleared": (
        """
net, other = Net(), Net()
optimizer = torch.optim.SGD(net.parameters(), lr=0.01)
second = torch.optim.SGD(other.parameters(), lr=0.01)
for step in range(30):
    second.zero_grad()
    (F.cross_entropy(net(x), y) + F.cross_entropy(other(x), y)).backward()
    optimizer.step()
    second.step()
""",
        {"UPD301": "(F.cross_entropy(net(x), y) + F.cross_entropy(other(x), y)).backward()"},
    ),
    "never stepped": (
        """
net = Net()
optimizer = torch.optim.SGD(net.parameters(), lr=0.01)
for step in range(30):
    optimizer.zero_grad()
    F.cross_entropy(net(x), y).backward()
""",
        {"UPD302": "F.cross_entropy(net(x), y).backward()"},
    ),
    "stepped by hand": (
        """
net = Net()
optimizer = torch.optim.SGD(net.parameters(), lr=0.01)
for step in range(30):
    optimizer.zero_grad()
    F.cross_entropy(net(x), y).backward()
    with torch.no_grad():
        for p in net.parameters():
            p -= 0.1 * p.grad
""",
        {},
    ),
    "stepped twice": (
        """
net = Net()
optimizer = torch.optim.SGD(net.parameters(), lr=0.01)
for step in range(30):
    optimizer.zero_grad()
    F.cross_entropy(net(x), y).backward()
    optimizer.step()
    optimizer.step()
""",
        {"UPD303": "optimizer.step()"},
    ),
    "gradients made by hand": (
        """
net = Net()
optimizer = torch.optim.SGD(net.parameters(), lr=0.01)
for step in range(30):
    loss = F.cross_entropy(net(x), y)
    for p, g in zip(net.parameters(), torch.autograd.grad(loss, list(net.parameters()))):
        p.grad = g
    optimizer.step()
""",
        {},
    ),
    "layers in a dict": (
        """
class Towers(Net):
    def __init__(self):
        super().__init__()
        self.towers = {"a": nn.Linear(16, 16), "b": nn.Linear(16, 16)}
    def forward(self, x):
        x = self.first(x).relu()
        return self.last(self.towers["a"](x) + self.towers["b"](x))
net = Towers()
optimizer = torch.optim.Adam(net.parameters(), lr=0.01)
for step in range(30):
    optimizer.zero_grad()
    F.cross_entropy(net(x), y).backward()
    optimizer.step()
""",
        {"UPD304": 'self.towers = {"a": nn.Linear(16, 16), "b": nn.Linear(16, 16)}'},
    ),
    "a block of the person's own in a list": (
        """
class Block(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.inner = nn.Linear(width, width)
    def forward(self, x):
        return x + self.inner(x).relu()
class Deep(Net):
    def __init__(self):
        super().__init__()
        self.blocks = []
        for _ in range(2):
            self.blocks.append(Block(16))
    def forward(self, x):
        x = self.first(x).relu()
        for block in self.blocks:
            x = block(x)
        return self.last(x)
net = Deep()
optimizer = torch.optim.Adam(net.parameters(), lr=0.01)
for step in range(30):
    optimizer.zero_grad()
    F.cross_entropy(net(x), y).backward()
    optimizer.step()
""",
        {"UPD304": "self.blocks.append(Block(16))"},
    ),
    "built by the first call": (
        """
class Lazy(Net):
    def __init__(self):
        super().__init__()
        self.middle = None
    def forward(self, x):
        x = self.first(x).relu()
        if self.middle is None:
            self.middle = nn.Linear(x.shape[1], 16)
        return self.last(self.middle(x).relu())
net = Lazy()
optimizer = torch.optim.Adam(net.parameters(), lr=0.01)
for step in range(30):
    optimizer.zero_grad()
    F.cross_entropy(net(x), y).backward()
    optimizer.step()
""",
        {"UPD304": "self.middle = nn.Linear(x.shape[1], 16)"},
    ),
    "an encoder that was forgotten": (
        """
encoder, head = nn.Sequential(nn.Linear(8, 16), nn.ReLU()), nn.Linear(16, 2)
optimizer = torch.optim.Adam(head.parameters(), lr=0.01)
for step in range(30):
    optimizer.zero_grad()
    F.cross_entropy(head(encoder(x)), y).backward()
    optimizer.step()
""",
        {"UPD304": "optimizer = torch.optim.Adam(head.parameters(), lr=0.01)"},
    ),
    "an encoder that is frozen": (
        """
encoder, head = nn.Sequential(nn.Linear(8, 16), nn.ReLU()), nn.Linear(16, 2)
encoder.requires_grad_(False)
optimizer = torch.optim.Adam([*encoder.parameters(), *head.parameters()], lr=0.01)
for step in range(30):
    optimizer.zero_grad()
    F.cross_entropy(head(encoder(x)), y).backward()
    optimizer.step()
""",
        {},
    ),
    "an encoder with weights of its own": (
        """
encoder, head = nn.Sequential(nn.Linear(8, 16), nn.ReLU()), nn.Linear(16, 2)
encoder.load_state_dict({"0.weight": torch.randn(16, 8), "0.bias": torch.zeros(16)})
optimizer = torch.optim.Adam(head.parameters(), lr=0.01)
for step in range(30):
    optimizer.zero_grad()
    F.cross_entropy(head(encoder(x)), y).backward()
    optimizer.step()
""",
        {},
    ),
    "a weight of the loss that is alone": (
        """
net = Net()
balance = nn.Parameter(torch.zeros(()))
optimizer = torch.optim.Adam(net.parameters(), lr=0.01)
for step in range(30):
    optimizer.zero_grad()
    (torch.exp(-balance) * F.cross_entropy(net(x), y) + balance).backward()
    optimizer.step()
""",
        {"UPD304": "optimizer = torch.optim.Adam(net.parameters(), lr=0.01)"},
    ),
    "a model of its own for the second fold": (
        """
net = Net()
optimizer = torch.optim.Adam(net.parameters(), lr=0.01)
for fold in range(2):
    if fold:
        net = Net()
    for step in range(60):
        optimizer.zero_grad()
        F.cross_entropy(net(x), y).backward()
        optimizer.step()
""",
        {"UPD304": "optimizer = torch.optim.Adam(net.parameters(), lr=0.01)"},
    ),
    "the loss of an argmax": (
        """
net = Net()
optimizer = torch.optim.Adam(net.parameters(), lr=0.01)
for step in range(30):
    answer = net(x).argmax(1)
    loss = (answer - y).float().pow(2).mean()
    loss.requires_grad_(True)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
""",
        {"UPD306": "answer = net(x).argmax(1)"},
    ),
    "a loss made of a number": (
        """
net = Net()
optimizer = torch.optim.Adam(net.parameters(), lr=0.01)
for step in range(30):
    loss = F.cross_entropy(net(x), y)
    loss = torch.tensor(loss.item(), requires_grad=True)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
""",
        {"UPD306": "loss = torch.tensor(loss.item(), requires_grad=True)"},
    ),
    "values taken out of the graph": (
        """
class Stop(Net):
    def forward(self, x):
        x = self.first(x).relu()
        x = x.data * 2
        return self.last(x)
net = Stop()
optimizer = torch.optim.Adam(net.parameters(), lr=0.01)
for step in range(30):
    optimizer.zero_grad()
    F.cross_entropy(net(x), y).backward()
    optimizer.step()
""",
        {"UPD306": "x = x.data * 2"},
    ),
    "a block without gradients in forward": (
        """
class Stop(Net):
    def forward(self, x):
        with torch.no_grad():
            x = self.first(x).relu()
        return self.last(x)
net = Stop()
optimizer = torch.optim.Adam(net.parameters(), lr=0.01)
for step in range(30):
    optimizer.zero_grad()
    F.cross_entropy(net(x), y).backward()
    optimizer.step()
""",
        {"MOD304": "x = self.first(x).relu()"},
    ),
    "a state that is detached at each step, one output a step": (
        """
class Tagger(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(5, 6)
        self.cell = nn.LSTMCell(6, 12)
        self.out = nn.Linear(12, 5)
    def forward(self, tokens):
        h = c = torch.zeros(len(tokens), 12)
        answers = []
        for t in range(tokens.shape[1]):
            h, c = self.cell(self.embed(tokens[:, t]), (h, c))
            answers.append(self.out(h))
            h, c = h.detach(), c.detach()
        return torch.stack(answers, 1)
net = Tagger()
optimizer = torch.optim.Adam(net.parameters(), lr=0.01)
for step in range(20):
    tokens = torch.randint(0, 5, (16, 9))
    optimizer.zero_grad()
    F.cross_entropy(net(tokens).flatten(0, 1), tokens.cumsum(1).remainder(5).flatten()).backward()
    optimizer.step()
""",
        {"UPD306": "h, c = h.detach(), c.detach()"},
    ),
    "a part of the graph from before the loop": (
        """
net = Net()
scale = nn.Parameter(torch.zeros(8))
optimizer = torch.optim.SGD([*net.parameters(), scale], lr=0.01)
factor = torch.exp(scale)
for step in range(30):
    loss = F.cross_entropy(net(x * factor), y)
    optimizer.zero_grad()
    loss.backward(retain_graph=True)
    optimizer.step()
""",
        {"UPD310": "loss = F.cross_entropy(net(x * factor), y)"},
    ),
    "dropout in a list, and in attention": (
        """
class Drops(Net):
    def __init__(self):
        super().__init__()
        self.drops = [nn.Dropout(0.2)]
    def forward(self, x):
        return self.last(self.drops[0](self.first(x).relu()))
net = Drops()
optimizer = torch.optim.Adam(net.parameters(), lr=0.01)
for step in range(30):
    net.train()
    optimizer.zero_grad()
    F.cross_entropy(net(x), y).backward()
    optimizer.step()
    net.eval()
    with torch.no_grad():
        net(x[:16] + 1)
""",
        {"MOD303": "return self.last(self.drops[0](self.first(x).relu()))"},
    ),
    "a list of losses of the whole training": (
        """
net = Net()
optimizer = torch.optim.Adam(net.parameters(), lr=0.01)
history = []
for step in range(300):
    loss = F.cross_entropy(net(x), y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    history.append(loss)
""",
        {"MEM301": "history.append(loss)"},
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_what_is_found_and_where(name: str):
    body, expected = CASES[name]
    assert found(body) == expected
