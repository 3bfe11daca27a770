"""Probes on real data: each fault is made, and the probe that is meant for it proves it."""

import math

import numpy as np
import pytest
import torch

from bringup.diagnosis.one_batch import SUSPECTS, overfit_one_batch
from bringup.findings import Cause
from bringup.models.network import MLP, initialise
from bringup.probes import NOTHING, PROBES, Change
from bringup.probes.probe import thin
from bringup.probes.tensors import TensorExperiment, altered_batch, entropy_floor, variance_floor
from bringup.record import Series
from bringup.training.fit import squared_error
from bringup.training.settings import TrainingSettings

cross_entropy = torch.nn.functional.cross_entropy
DATA = ["digits", "breast_cancer", "diabetes"]
BATCHES: dict[str, tuple[torch.Tensor, torch.Tensor]] = {}


def batch(name: str) -> tuple[torch.Tensor, torch.Tensor]:
    if name not in BATCHES:
        import sklearn.datasets

        x, y = getattr(sklearn.datasets, f"load_{name}")(return_X_y=True)
        rows = np.random.default_rng(0).permutation(len(x))[:64]
        x = (x - x.mean(axis=0)) / np.where(x.std(axis=0) > 0, x.std(axis=0), 1)
        y = torch.from_numpy(y) if name != "diabetes" else torch.from_numpy((y - y.mean()) / y.std()).float()
        BATCHES[name] = torch.from_numpy(x).float()[rows], y[rows]
    return BATCHES[name]


class Deaf(torch.nn.Module):
    """A pipeline that loses its inputs."""

    def __init__(self, inner):
        super().__init__()
        self.inner = inner

    def forward(self, x):
        return self.inner(x * 0)


def experiment(
    name="digits", *, sign=1.0, known_error=True, inputs=1.0, deaf=False, weights=1.0, reinitialise=True, **settings
):
    x, y = batch(name)
    outputs = {"digits": 10, "breast_cancer": 2, "diabetes": 1}[name]
    error = cross_entropy if outputs > 1 else squared_error

    def build(told: TrainingSettings) -> torch.nn.Module:
        network = initialise(MLP(x.shape[1], outputs, hidden=(128,), dropout=told.dropout), seed=0)
        with torch.no_grad():
            for parameter in network.parameters():
                parameter.mul_(weights)
        return Deaf(network) if deaf else network

    return TensorExperiment(
        build=build,
        x_BD=x * inputs,
        y_B=y,
        loss=lambda z, t: sign * error(z, t),
        error=error if known_error else None,
        settings=TrainingSettings(hidden=(128,), **settings),
        reinitialise=(lambda network: initialise(network, seed=1)) if reinitialise else None,
    )


def diagnose(*arguments, **options):
    return overfit_one_batch(experiment(*arguments, **options), seed=0, most=4000)


@pytest.mark.parametrize("name", DATA)
def test_healthy_converges(name):
    found = diagnose(name)
    assert found.learned
    assert found.probes == ()
    assert found.cause is None


@pytest.mark.parametrize("known_error", [True, False])
@pytest.mark.parametrize("name", ["digits", "diabetes", pytest.param("breast_cancer", marks=pytest.mark.slow)])
def test_a_flipped_sign(name, known_error):
    found = diagnose(name, sign=-1.0, known_error=known_error)
    assert found.trajectory.shape in ("goes-up", "explodes")
    assert found.proved == "negated-loss"
    assert found.cause is Cause.IMPLEMENTATION


@pytest.mark.parametrize("name", DATA)
def test_a_thousand_times_the_learning_rate(name):
    found = diagnose(name, learning_rate=3.0)
    assert found.trajectory.shape in ("explodes", "oscillates")
    assert found.proved in ("lower-learning-rate", "default-optimizer")  # a tenth need not be enough
    assert found.cause is Cause.HYPERPARAMETERS


@pytest.mark.parametrize("rate", [1e-5, pytest.param(1e-7, marks=pytest.mark.slow)])
@pytest.mark.parametrize("name", DATA)
def test_a_tiny_learning_rate(name, rate):
    found = overfit_one_batch(experiment(name, learning_rate=rate), seed=0, steps=500, most=500)
    assert found.trajectory.shape == "plateaus"
    assert found.proved in ("higher-learning-rate", "default-optimizer")
    assert found.cause is Cause.HYPERPARAMETERS


@pytest.mark.parametrize("settings", [{"weight_decay": 1000.0}, {"dropout": 0.95}], ids=str)
@pytest.mark.parametrize("name", DATA)
def test_too_much_regularisation(name, settings):
    found = diagnose(name, **settings)
    assert found.trajectory.shape in ("plateaus", "oscillates")
    assert found.proved == "no-regularisation"


@pytest.mark.parametrize(("name", "inputs"), [(name, 1e-6) for name in DATA] + [("diabetes", 1e6)])
def test_inputs_out_of_scale(name, inputs):
    found = diagnose(name, inputs=inputs)
    assert found.trajectory.shape in ("plateaus", "explodes", "oscillates")
    assert found.proved == "standardised-inputs"
    assert found.cause is Cause.IMPLEMENTATION


@pytest.mark.parametrize("options", [{"deaf": True}, {"inputs": 0.0}], ids=str)
@pytest.mark.parametrize("name", ["diabetes", *(pytest.param(name, marks=pytest.mark.slow) for name in DATA[:2])])
def test_inputs_that_do_not_arrive(name, options):
    found = diagnose(name, **options)
    assert found.trajectory.shape == "plateaus"
    assert found.proved == "zeroed-inputs"


def test_a_target_out_of_scale():
    made = experiment("diabetes")
    scaled = TensorExperiment(
        build=made.build, x_BD=made.x_BD, y_B=1e6 * (5 + made.y_B), loss=squared_error, settings=made.settings
    )
    found = overfit_one_batch(scaled, seed=0, most=1000)
    assert found.trajectory.shape == "plateaus"
    assert found.proved == "standardised-target"
    assert found.cause is Cause.IMPLEMENTATION


def test_dead_weights_are_reinitialised():
    found = diagnose("digits", weights=0.0)
    assert found.trajectory.shape == "plateaus"
    assert found.proved == "reinitialised"


def test_inputs_that_are_no_numbers_prove_nothing():
    found = diagnose("digits", inputs=math.nan)
    assert found.trajectory.shape == "explodes"
    assert found.proved is None
    assert not found.learned


def test_bf16_learns_one_batch():
    assert diagnose("digits", precision="bf16").learned


@pytest.mark.parametrize(("name", "y"), [("diabetes", torch.full((64,), 3.0)), ("digits", torch.full((64,), 3))])
def test_constant_labels_are_learned(name, y):
    made = experiment(name)
    constant = TensorExperiment(build=made.build, x_BD=made.x_BD, y_B=y, loss=made.loss, settings=made.settings)
    assert constant.floor() == constant.ignorant() == 0
    assert overfit_one_batch(constant, seed=0).learned


def test_the_same_seed_gives_the_same_answer():
    one, two = (diagnose("breast_cancer", dropout=0.95) for _ in range(2))
    assert one == two
    made = experiment("digits", dropout=0.5)
    assert made.one_batch(NOTHING, steps=20, seed=1) == made.one_batch(NOTHING, steps=20, seed=1)
    assert made.one_batch(NOTHING, steps=20, seed=1) != made.one_batch(NOTHING, steps=20, seed=2)


def test_the_global_random_state_is_left():
    made, state = experiment("digits", dropout=0.5), torch.get_rng_state()
    made.one_batch(NOTHING, steps=3, seed=1)
    # the network itself draws while it is built, inside
    assert torch.equal(state, torch.get_rng_state())


def test_steps_are_doubled_while_the_loss_falls():
    asked = []

    class Slow:
        def floor(self, change=NOTHING):
            return 0.0

        def ignorant(self, change=NOTHING):
            return None

        def applies(self, change):
            return False

        def one_batch(self, change, *, steps, seed):
            asked.append(steps)
            values = tuple(float(v) for v in np.exp(-np.arange(steps + 1) / 900))
            return Series(steps=tuple(range(steps + 1)), values=values)

    assert overfit_one_batch(Slow(), seed=0, steps=500, most=8000).learned
    assert asked == [500, 1000, 2000, 4000]
    asked.clear()
    assert not overfit_one_batch(Slow(), seed=0, steps=500, most=1999).learned
    assert asked == [500, 1000]


@pytest.mark.parametrize(
    ("change", "answer", "options"),
    [
        (Change(no_regularisation=True), False, {}),
        (Change(no_regularisation=True), True, {"dropout": 0.1}),
        (Change(no_regularisation=True), True, {"weight_decay": 0.1}),
        (Change(standardise_target=True), False, {}),
        (Change(standardise_target=True), False, {"name": "diabetes"}),
        (Change(float32=True), False, {}),
        (Change(float32=True), True, {"precision": "bf16"}),
        (Change(reinitialise=True), True, {}),
        (Change(reinitialise=True), False, {"reinitialise": False}),
        (Change(optimizer="adam"), False, {}),
        (Change(optimizer="adam"), True, {"learning_rate": 0.1}),
        (Change(standardise_inputs=True), False, {}),
        (Change(standardise_inputs=True), True, {"inputs": 1e3}),
        (Change(standardise_inputs=True), True, {"inputs": 1e-3}),
        (Change(standardise_inputs=True), True, {"inputs": 0.0}),
        (Change(negate_loss=True), True, {}),
        (Change(learning_rate=0.1), True, {}),
        (Change(zero_inputs=True), True, {}),
    ],
)
def test_a_probe_that_changes_nothing_does_not_apply(change, answer, options):
    assert experiment(**options).applies(change) is answer


def test_such_probes_are_not_run():
    found = diagnose("digits", deaf=True)
    assert {"no-regularisation", "standardised-inputs", "standardised-target", "float32", "default-optimizer"}.isdisjoint(
        probe.probe for probe in found.probes
    )


def test_every_suspect_is_a_probe():
    assert {name for names in SUSPECTS.values() for name in names} <= set(PROBES)
    assert all(name == probe.name and probe.question.endswith("?") for name, probe in PROBES.items())


def test_floors_are_exact():
    group = np.array([0, 0, 1, 2])
    assert entropy_floor(group, np.array([0, 1, 1, 0])) == pytest.approx(math.log(2) / 2)
    assert entropy_floor(np.zeros(4, int), np.array([0, 0, 0, 1])) == pytest.approx(
        -0.75 * math.log(0.75) - 0.25 * math.log(0.25)
    )
    assert entropy_floor(np.arange(4), np.array([0, 1, 1, 0])) == 0
    assert variance_floor(group, np.array([1.0, 3.0, 9.0, 4.0])) == pytest.approx(0.5)
    x, y = torch.tensor([[1.0], [1.0], [2.0], [3.0]]), torch.tensor([0, 1, 1, 0])
    made = TensorExperiment(build=experiment().build, x_BD=x, y_B=y, loss=cross_entropy, settings=TrainingSettings())
    assert made.floor() == pytest.approx(math.log(2) / 2)
    assert made.ignorant() == pytest.approx(math.log(2))


def test_the_floor_is_in_units_of_the_changed_target():
    x, y = torch.tensor([[1.0], [1.0], [2.0], [3.0]]), torch.tensor([0.0, 2e6, 5e6, 9e6])
    made = TensorExperiment(build=experiment().build, x_BD=x, y_B=y, loss=squared_error, settings=TrainingSettings())
    assert made.floor() == pytest.approx(0.5e12)
    assert made.floor(Change(standardise_target=True)) == pytest.approx(0.5e12 / y.var().item(), rel=1e-5)


def test_a_batch_with_equal_rows_converges_to_its_floor():
    x, y = batch("digits")
    made = experiment("digits")
    doubled = TensorExperiment(
        build=made.build,
        x_BD=torch.cat([x[:16], x[:16]]),
        y_B=torch.cat([y[:16], (y[:16] + 1) % 10]),
        loss=cross_entropy,
        settings=made.settings,
    )
    assert doubled.floor() == pytest.approx(math.log(2))
    assert overfit_one_batch(doubled, seed=0).learned


def test_changes_of_the_batch():
    x, y = torch.tensor([[1.0, 5.0], [3.0, 5.0]]), torch.tensor([1.0, 1.0])
    z, t = altered_batch(x, y, Change(standardise_inputs=True, standardise_target=True), 0)
    assert z[:, 1].tolist() == [0, 0]
    assert z[:, 0].std().item() == pytest.approx(1)
    assert t.tolist() == [0, 0]
    labels = torch.arange(50)
    shuffled = altered_batch(torch.zeros(50, 1), labels, Change(shuffle_labels=True), 3)[1]
    assert not torch.equal(shuffled, labels)
    assert torch.equal(shuffled.sort().values, labels)


def test_thinned_series_keep_their_ends():
    series = Series(steps=tuple(range(1001)), values=tuple(float(i) for i in range(1001)))
    short = thin(series)
    assert len(short) == 200
    assert (short.steps[0], short.steps[-1], short.last) == (0, 1000, 1000.0)
    assert thin(short) is short
