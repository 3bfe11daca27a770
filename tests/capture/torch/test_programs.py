"""How programs are written: every way must be seen, none must break."""

import pytest
import torch

from bringup.capture.running import watch_source

HEAD = """
import torch
from torch import nn
import torch.nn.functional as F
torch.manual_seed(0)
x = torch.randn(96, 6)
y = (x[:, 0] > 0).long()
net = nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, 2))
"""


def seen(body: str):
    record = watch_source(HEAD + body)
    assert record.program is not None
    return record


def training(record):
    return [call for call in record.calls or () if call.use == "train"]


def test_a_plain_loop():
    record = seen("""
optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
for _ in range(12):
    optimizer.zero_grad()
    loss = F.cross_entropy(net(x), y)
    loss.backward()
    optimizer.step()
with torch.no_grad():
    net(x)
""")
    assert (record.program.steps, record.program.backwards) == (12, 12)
    (train,) = training(record)
    assert (train.calls, train.rows, train.where.line) == (12, 12 * 96, 12)
    (evaluate,) = [call for call in record.calls if call.use == "evaluate"]
    assert (evaluate.calls, evaluate.with_grad, evaluate.where.line) == (1, 0, 16)
    (loss,) = record.losses
    assert (loss.function, loss.where.line, loss.training) == ("cross_entropy", 12, 12)
    assert len(record.need_series("step/loss")) == 12
    assert record.need_series("gradient/norm").steps[:3] == (0, 1, 2)


def test_no_optimizer_at_all():
    record = seen("""
for _ in range(10):
    loss = F.cross_entropy(net(x), y)
    loss.backward()
    with torch.no_grad():
        for p in net.parameters():
            p -= 0.1 * p.grad
            p.grad = None
""")
    assert (record.program.steps, record.program.backwards) == (0, 10)
    assert len(record.need_series("step/loss")) == 10


def test_tensors_without_a_module():
    record = seen("""
w = torch.zeros(6, requires_grad=True)
for _ in range(10):
    loss = F.binary_cross_entropy_with_logits(x @ w, y.float())
    loss.backward()
    with torch.no_grad():
        w -= 0.1 * w.grad
        w.grad.zero_()
""")
    assert record.program.backwards == 10
    assert record.calls is None
    assert record.losses[0].where.line == 11


def test_gradients_accumulated_over_batches_are_one_step():
    record = seen("""
optimizer = torch.optim.Adam(net.parameters())
for _ in range(6):
    for part in range(4):
        (F.cross_entropy(net(x[part::4]), y[part::4]) / 4).backward()
    optimizer.step()
    optimizer.zero_grad()
""")
    assert (record.program.steps, record.program.backwards) == (6, 24)
    assert record.need_series("step/loss").steps[-1] == 5


def test_an_optimizer_that_never_steps():
    record = seen("""
optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
for _ in range(40):
    optimizer.zero_grad()
    F.cross_entropy(net(x), y).backward()
""")
    assert (record.program.steps, record.program.backwards) == (0, 40)
    assert record.need_series("step/loss").steps[-1] == 39


def test_a_closure():
    record = seen("""
optimizer = torch.optim.LBFGS(net.parameters(), max_iter=4)
def closure():
    optimizer.zero_grad()
    loss = F.cross_entropy(net(x), y)
    loss.backward()
    return loss
for _ in range(3):
    optimizer.step(closure)
""")
    assert record.program.steps == 3
    assert training(record)[0].calls >= 3


def test_checkpointed_activations_are_not_calls():
    record = seen("""
from torch.utils.checkpoint import checkpoint
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.a, self.b = nn.Linear(6, 8), nn.Linear(8, 2)
    def forward(self, x):
        return self.b(checkpoint(self.a, x, use_reentrant=False))
net = Net()
optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
for _ in range(5):
    optimizer.zero_grad()
    F.cross_entropy(net(x), y).backward()
    optimizer.step()
""")
    assert [call.model for call in record.calls] == ["Net"]


def test_a_double_backward():
    record = seen("""
optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
for _ in range(5):
    optimizer.zero_grad()
    z = x.clone().requires_grad_()
    out = net(z)
    (g,) = torch.autograd.grad(out.sum(), z, create_graph=True)
    (F.cross_entropy(out, y) + ((g.norm(dim=1) - 1) ** 2).mean()).backward()
    optimizer.step()
""")
    assert record.program.steps == 5
    assert training(record)[0].use == "train"


def test_worker_processes_and_custom_collate():
    record = seen("""
from torch.utils.data import DataLoader
def collate(rows):
    return {"x": torch.stack([row[0] for row in rows]), "y": torch.stack([row[1] for row in rows])}
loader = DataLoader(list(zip(x, y)), batch_size=32, num_workers=2, collate_fn=collate, multiprocessing_context="fork")
optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
for batch in loader:
    optimizer.zero_grad()
    F.cross_entropy(net(batch["x"]), batch["y"]).backward()
    optimizer.step()
""")
    assert record.program.steps == 3
    assert training(record)[0].rows == 96


def test_an_exception_ends_it_and_what_was_seen_is_there():
    record = seen("""
optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
for step in range(5):
    F.cross_entropy(net(x), y).backward()
    optimizer.step()
    if step == 2:
        raise ValueError("enough")
""")
    assert record.program.ending == "raised"
    assert record.program.steps == 3


@pytest.mark.slow
def test_a_compiled_model():
    record = seen("""
fast = torch.compile(net, backend="eager")
optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
for _ in range(8):
    optimizer.zero_grad()
    F.cross_entropy(fast(x), y).backward()
    optimizer.step()
""")
    assert record.program.steps == 8
    assert training(record)[0].calls == 8


@pytest.mark.cuda
@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device")
def test_on_a_cuda_device():
    record = seen("""
net, x, y = net.cuda(), x.cuda(), y.cuda()
optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
for _ in range(8):
    optimizer.zero_grad()
    F.cross_entropy(net(x), y).backward()
    optimizer.step()
""")
    assert training(record)[0].input.device.startswith("cuda")
