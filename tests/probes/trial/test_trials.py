"""Scripts that are run again with one thing changed."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bringup.probes.trial.compare import compare
from bringup.probes.trial.measured import AT_THE_END, LATER
from bringup.probes.trial.outcome import Outcome
from bringup.probes.trial.trials import Changes, Trials, outcome

SOFTMAX = """
import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(256, 8)
y = (x[:, 0] > 0).long() + (x[:, 1] > 0).long()
model = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 3), nn.Softmax(dim=1))
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
for epoch in range(40):
    for batch in torch.randperm(256).split(64):
        loss = nn.functional.cross_entropy(model(x[batch]), y[batch])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
torch.save(model.state_dict(), "model.pt")
with open("log.txt", "a") as file:
    file.write("trained")
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working folder of a script."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(source: str, *changes: Changes, steps: int = 10_000, to_the_end: bool = False) -> list[Outcome]:
    """The outcomes of a script, one for each set of changes."""
    Path("train.py").write_text(source)
    with Trials(Path("train.py")) as trials:
        futures = [trials.begin(change, steps=steps, seconds=60, to_the_end=to_the_end) for change in changes]
        return [outcome(future, seconds=60) for future in futures]


def test_a_change_is_compared_with_the_script_as_it_is(folder: Path) -> None:
    control, changed = run(SOFTMAX, {}, {"raw-logits": {}})
    assert control.steps == changed.steps == 160
    assert (control.acted, changed.acted) == (0, 160)
    assert control.answers is not None
    difference = compare(control, changed)
    assert difference.answer == "yes"
    assert difference.before is not None
    assert difference.after is not None


def test_the_same_trial_twice_is_the_same_to_the_last_digit(folder: Path) -> None:
    first, again = run(SOFTMAX.replace("torch.manual_seed(0)", ""), {}, {}, steps=50)
    Path("train.py").write_text(SOFTMAX.replace("torch.manual_seed(0)", ""))
    with Trials(Path("train.py")) as trials:
        other = outcome(trials.begin({}, steps=50, seconds=60), seconds=60)
    assert first.losses == again.losses == other.losses
    assert first.answers == other.answers


def test_the_files_of_the_person_are_left_alone(folder: Path) -> None:
    (folder / "log.txt").write_text("before")
    (found,) = run(SOFTMAX, {}, to_the_end=True)
    assert found.ending == "finished"
    assert sorted(entry.name for entry in folder.iterdir()) == ["log.txt", "train.py"]
    assert (folder / "log.txt").read_text() == "before"


def test_a_trial_ends_after_its_steps(folder: Path) -> None:
    (found,) = run(SOFTMAX, {}, steps=7)
    assert (found.ending, found.steps) == ("enough", 7)
    assert found.losses.steps == tuple(range(7))


def test_a_script_that_fails_says_where(folder: Path) -> None:
    (found,) = run(SOFTMAX.replace("loss.backward()", "raise ValueError('no')"), {})
    assert found.ending == "raised"
    assert found.error == "ValueError: no"
    assert found.where == (str(folder / "train.py"), 14)


CHANGED = (
    ({"learning-rate": {"factor": 0.0}}, "adam"),
    ({"cleared-gradients": {}}, "adam"),
    ({"standardised-inputs": {}}, "adam"),
    ({"zeroed-inputs": {}}, "adam"),
    ({"reinitialised": {}}, "adam"),
    ({"default-optimizer": {}}, "adam"),
    ({"negated-loss": {}}, "adam"),
    ({"shuffled-labels": {}}, "adam"),
)


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Outcome]]:
    """Of all changes of one healthy script."""
    path = tmp_path_factory.mktemp("changes") / "train.py"
    path.write_text(SOFTMAX.replace(", nn.Softmax(dim=1)", "").replace("zero_grad()", "zero_grad(set_to_none=False)"))
    with Trials(path) as trials:
        futures = [trials.begin(change, steps=100, seconds=60) for change, _ in (({}, ""), *CHANGED)]
        yield [outcome(future, seconds=60) for future in futures]


def test_every_change_does_something_and_keeps_the_script_running(outcomes: list[Outcome]) -> None:
    control, *rest = outcomes
    for (change, _), found in zip(CHANGED, rest, strict=True):
        assert found.ending == "enough", (change, found.error)
        assert found.acted > 0, change
        assert not found.troubles, (change, found.troubles)
        assert found.losses.values[:1] == control.losses.values[:1] or next(iter(change)) not in (
            "learning-rate",
            "default-optimizer",
            "negated-loss",
        )


def test_what_the_changes_do(outcomes: list[Outcome]) -> None:
    control, still, _, _, zeroed, _, _, negated, shuffled = outcomes
    assert control.answers is not None
    assert control.answers > 0.95
    assert max(still.losses.values) < 1.5
    assert min(still.losses.values) > 0.9
    assert min(zeroed.losses.values) > 0.8
    assert negated.losses.values[-1] > 10 * negated.losses.values[0]
    assert shuffled.answers is not None
    assert shuffled.answers < 0.7


WAYS_TO_BATCHES = {
    "slices": "for k in range(0, 256, 64):\n        xb, yb = x[k:k + 64], y[k:k + 64]",
    "permutation": "for batch in torch.randperm(256).split(64):\n        xb, yb = x[batch], y[batch]",
    "loader": "for xb, yb in DataLoader(TensorDataset(x, y), 64, shuffle=True):\n        pass",
    "numpy": "for k in range(4):\n        i = np.random.randint(0, 256, 64)\n"
    "        xb, yb = torch.from_numpy(x.numpy()[i]), torch.from_numpy(y.numpy()[i])",
    "noise": "for k in range(4):\n        i = torch.randint(0, 256, (64,))\n"
    "        xb, yb = x[i] + 0.3 * torch.randn(64, 8), y[i]",
}

BY_HAND = "-model(xb).log_softmax(1)[torch.arange(64), yb].mean()"


QUICK = (("loader", True), ("numpy", False))  # both sources of random numbers


@pytest.mark.parametrize(
    ("way", "written"),
    [
        pytest.param(way, written, marks=[] if (way, written) in QUICK else [pytest.mark.slow])
        for way in WAYS_TO_BATCHES
        for written in (False, True)
    ],
)
def test_a_frozen_batch_does_not_change(folder: Path, way: str, written: bool) -> None:
    head = "import numpy as np\nimport torch\nfrom torch.utils.data import DataLoader, TensorDataset\n"
    source = SOFTMAX.replace("import torch\n", head, 1).replace(", nn.Softmax(dim=1)", "")
    source = source.replace(
        "for batch in torch.randperm(256).split(64):\n        loss = nn.functional.cross_entropy(model(x[batch]), y[batch])",
        WAYS_TO_BATCHES[way]
        + "\n        loss = "
        + (
            "-model(xb).log_softmax(1)[torch.arange(64), yb].mean()"
            if written
            else "nn.functional.cross_entropy(model(xb), yb)"
        ),
    )
    still = {"frozen-batch": {}, "learning-rate": {"factor": 0.0}}
    moving, frozen, learning = run(source, {"learning-rate": {"factor": 0.0}}, still, {"frozen-batch": {}}, steps=60)
    assert len(set(moving.losses.values)) > 3
    assert len(set(frozen.losses.values)) == 1, frozen.losses.values[:5]
    assert learning.losses.values[-1] < 0.35 * learning.losses.values[0]


SLOW = SOFTMAX.replace(", nn.Softmax(dim=1)", "").replace("lr=0.01", "lr=0.001").replace("range(40)", "range(4)")
OTHERWISE = SLOW.replace("loss.backward()", "(loss + 1e-3 * model[0].weight.square().mean()).backward()")


def test_training_goes_on_where_the_program_ends(folder: Path) -> None:
    (found,) = run(SLOW, {"longer-training": {"times": 3}}, to_the_end=True)
    assert (found.steps, found.acted, found.troubles) == (16, 48, ())
    assert found.measures[LATER] < 0.9 * found.measures[AT_THE_END]


@pytest.mark.slow
def test_training_does_not_go_on_where_it_could_not_be_the_same(folder: Path) -> None:
    (other,) = run(OTHERWISE, {"longer-training": {"times": 3}}, to_the_end=True)
    assert (other.acted, other.measures) == (0, {})
    (many,) = run(SLOW.replace("range(4)", "range(40)"), {"longer-training": {"times": 3}}, to_the_end=True)
    assert (many.steps, many.acted) == (160, 0)  # more batches than are kept
