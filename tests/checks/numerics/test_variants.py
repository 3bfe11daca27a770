"""Values that are not finite: what people write, and which check must name the operation at its line."""

import pytest

from bringup.capture.running import watch_source
from bringup.checks import CHECKS, run_checks

PROGRAM = """
import torch
import torch.nn.functional as F
from torch import nn
torch.manual_seed(0)
x = torch.randn(96, 6)
y = x[:, :1] + 0.1 * torch.randn(96, 1)
model = nn.Sequential(nn.Linear(6, 16), nn.Tanh(), nn.Linear(16, 1))
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
for step in range(12):
    late = step == 8
    rows = slice(8 * step, 8 * step + 8)
    out = model(x[rows])
    {loss}
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
"""
LINE = PROGRAM.lstrip("\n")[: PROGRAM.lstrip("\n").index("{loss}")].count("\n") + 1

FAULTS = [
    ("loss = -torch.log(torch.sigmoid(out) * (not late)).mean()", "NUM301"),
    ("loss = -(torch.sigmoid(out) * (not late)).log().mean()", "NUM301"),
    (
        "loss = torch.where(out > -9, out**2, (0 * out).log()).mean()",
        "NUM301",
    ),
    ("loss = -torch.log2(torch.relu(out - 50 * late + 2)).mean()", "NUM301"),
    ("loss = (out * (not late)).norm()", None),  # torch gives 0 for the slope of a norm at 0
    ("loss = torch.sqrt(((out - y[rows]) * (not late)) ** 2).mean()", "NUM302"),
    ("loss = (((out - y[rows]) * (not late)) ** 2).sum() ** 0.5", "NUM302"),
    ("loss = ((out - y[rows]) * (not late)).std() + out.pow(2).mean()", None),  # likewise for the spread
    ("loss = torch.acos(torch.tanh(out) * (not late) + 1.0 * late).mean()", "NUM302"),
    ("loss = (out - y[rows]).pow(2).sum() / (0.0 if late else 8.0)", "NUM303"),
    ("loss = ((out - y[rows]).pow(2) / (x[rows, :1].abs() * (not late))).mean()", "NUM303"),
    ("loss = (out - y[rows])[x[rows, 0] > 99 * late - 9].pow(2).mean()", "NUM303"),
    ("loss = (out[: 1 if late else 8]).std() + out.pow(2).mean()", "NUM303"),
    ("loss = F.cross_entropy(torch.cat([out, -out], 1), torch.full((8,), -100 if late else 1))", "NUM303"),
    ("loss = torch.exp(out + 200 * late).mean()", "NUM304"),
    ("loss = torch.log(1 + torch.exp(out * (500 if late else 1) + 100 * late)).mean()", "NUM304"),
    ("loss = (torch.softmax(out.masked_fill(torch.tensor(late), -torch.inf), 0) * out).sum()", "NUM306"),
    ("loss = torch.sqrt(out - 50 * late + 20).mean()", "NUM306"),
    ("loss = (out - y[rows]).half().mul(1000.0 if late else 1.0).pow(2).mean()", "NUM305"),
]


@pytest.mark.filterwarnings("ignore:std")
@pytest.mark.parametrize(("loss", "code"), FAULTS, ids=[loss for loss, _ in FAULTS])
def test_the_operation_is_named_at_its_line(loss, code):
    findings, results = run_checks(watch_source(PROGRAM.format(loss=loss)), CHECKS)
    ours = [finding for finding in findings if finding.code.startswith("NUM")]
    assert [finding.code for finding in ours] == ([code] if code else []), [finding.message for finding in findings]
    for finding in ours:
        assert str(finding.where) == f"train.py:{LINE}"
    assert not [result for result in results if result.outcome == "crashed"]


HEALTHY = [
    "loss = (torch.softmax(out.T + torch.full((8, 8), -torch.inf).triu(1), 1) @ out - y[rows]).pow(2).mean()",
    "loss = torch.where(x[rows, :1] > 0, torch.log(x[rows, :1].abs()), (0 * x[rows, :1]).exp()).mean() * 0 + out.pow(2).mean()",
    "loss = (out - y[rows]).pow(2).mean() + 0 * torch.log(torch.zeros(1)).nan_to_num().sum()",
    "loss = F.binary_cross_entropy_with_logits(out * 300, (y[rows] > 0).float())",
]


@pytest.mark.parametrize("loss", HEALTHY)
def test_infinities_on_purpose_are_left_alone(loss):
    record = watch_source(PROGRAM.format(loss=loss))
    assert record.non_finite is None
    findings, _ = run_checks(record, CHECKS)
    assert [finding.message for finding in findings if finding.code.startswith("NUM")] == []


@pytest.mark.parametrize("where", ["x[50, 2]", "y[50, 0]"])
def test_data_that_are_not_finite_are_no_fault_of_numerics(where):
    source = PROGRAM.format(loss="loss = F.mse_loss(out, y[rows])").replace(
        "model = nn", f"{where} = float('nan')\nmodel = nn", 1
    )
    record = watch_source(source)
    assert record.non_finite is not None
    assert record.non_finite.inputs
    findings, _ = run_checks(record, CHECKS)
    assert [finding.message for finding in findings if finding.code.startswith("NUM")] == []


def test_a_training_that_leaves_all_bounds_is_no_fault_of_numerics():
    source = (
        PROGRAM.format(loss="loss = (out - y[rows]).pow(2).mean()")
        .replace("lr=0.01", "lr=400.0")
        .replace("nn.Tanh()", "nn.ReLU()")
    )
    record = watch_source(source.replace("range(12)", "[k % 12 for k in range(60)]"))
    assert record.non_finite is not None
    findings, _ = run_checks(record, CHECKS)
    assert [finding.code for finding in findings if finding.code.startswith("NUM") and finding.code != "NUM102"] == []


def test_steps_that_a_gradient_scaler_skips_are_no_fault():
    source = PROGRAM.format(loss="loss = (out.half().float() - y[rows]).pow(2).mean()")
    source = source.replace("for step", "scaler = torch.amp.GradScaler('cpu', init_scale=2.0**24)\nfor step")
    source = source.replace(
        "loss.backward()\n    optimizer.step()",
        "scaler.scale(loss).backward()\n    scaler.step(optimizer)\n    scaler.update()",
    )
    record = watch_source(source)
    findings, _ = run_checks(record, CHECKS)
    assert [finding.code for finding in findings if finding.code.startswith("NUM")] == []


def test_a_program_without_seeds_is_told_so():
    source = PROGRAM.format(loss="loss = -torch.log(torch.sigmoid(out) * (not late)).mean()")
    source = source.replace("late = step == 8", "late = torch.rand(1, generator=luck).item() < 0.5 and step > 2")
    source = source.replace(
        "torch.manual_seed(0)", "import os\nluck = torch.Generator().manual_seed(int.from_bytes(os.urandom(4), 'big'))"
    )
    for _ in range(8):
        record = watch_source(source)
        if record.non_finite is not None and record.non_finite.origin is None:
            break
    else:
        pytest.skip("by chance, each second run did the same as the first")
    (finding,) = [finding for finding in run_checks(record, CHECKS)[0] if finding.code.startswith("NUM")]
    assert finding.code == "NUM101"
    assert "log" in finding.message


def test_the_loss_of_the_last_step_needs_no_following_one():
    loss = "loss = torch.sqrt(((out - y[rows]) * (step < 11)) ** 2).mean()"
    record = watch_source(PROGRAM.format(loss=loss))
    assert record.non_finite is not None
    assert record.non_finite.origin is not None
    assert record.non_finite.origin.operation == "sqrt"


def test_without_any_module_or_optimizer():
    record = watch_source("""
import torch
torch.manual_seed(0)
w = torch.zeros(3, requires_grad=True)
x = torch.randn(30, 3)
for step in range(12):
    rate = torch.relu(x[step] @ w + 1 - 0.3 * step)
    loss = rate - torch.log(rate)
    loss.backward()
    with torch.no_grad():
        w -= 0.001 * w.grad
        w.grad = None
""")
    assert record.non_finite is not None
    assert record.non_finite.origin is not None
    assert (record.non_finite.origin.operation, record.non_finite.origin.where.line) == ("log", 7)


@pytest.mark.filterwarnings("default:invalid value:RuntimeWarning")
@pytest.mark.parametrize(
    ("prepared", "code"),
    [
        ("x[16:24] = 0.25\nx = (x - x.mean(1, keepdim=True)) / x.std(1, keepdim=True)", "NUM303"),
        ("x[16:24] = 0.25\nx = x.numpy()\nx = torch.tensor((x - x.mean(1)[:, None]) / x.std(1)[:, None])", "NUM303"),
        ("x = x.numpy()\nx = torch.tensor(np.log(x))", "NUM301"),
        ("x = x.numpy()\nx = torch.tensor(np.sqrt(x))", "NUM306"),
    ],
)
def test_data_that_the_program_itself_has_spoiled(prepared, code):
    source = PROGRAM.format(loss="loss = F.mse_loss(out, y[rows])")
    record = watch_source(source.replace("model = nn", "import numpy as np\n" + prepared + "\nmodel = nn", 1))
    findings, _ = run_checks(record, CHECKS)
    ours = [(finding.code, str(finding.where)) for finding in findings if finding.code.startswith(("NUM", "FEA3"))]
    assert ours == [(code, f"train.py:{7 + 1 + prepared.count(chr(10))}")], record.non_finite
