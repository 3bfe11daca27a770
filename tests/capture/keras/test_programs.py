"""How programs with Keras are written: every way must be seen, on the lines that a person would change."""

import pytest

pytest.importorskip("keras")

from bringup.capture.running import watch_source
from bringup.checks import CHECKS, run_checks

pytestmark = pytest.mark.filterwarnings("ignore")  # of Keras itself

HEAD = """
import keras
import numpy as np
from keras import layers, ops
keras.utils.set_random_seed(0)
rng = np.random.default_rng(0)
x = rng.normal(size=(320, 6)).astype("float32")
y = (x[:, 0] > x[:, 1]).astype("int64") + (x[:, 2] > 0)
"""
FIRST = HEAD.count("\n")  # lines before the first one of a body


def seen(body: str):
    return watch_source(HEAD + body)


def training(record):
    return [call for call in record.calls or () if call.use == "train"]


SEQUENTIAL = """
model = keras.Sequential([
    keras.Input((6,)),
    layers.Dense(16, activation="relu"),
    layers.Dropout(0.2),
    layers.Dense(3, activation="softmax"),
])
model.compile(
    optimizer=keras.optimizers.Adam(1e-2),
    loss="sparse_categorical_crossentropy",
    metrics=["accuracy"],
)
model.fit(x, y, epochs=2, batch_size=32, validation_split=0.2, verbose=0)
model.evaluate(x, y, verbose=0)
model.predict(x, verbose=0)
"""


@pytest.fixture(scope="module")
def sequential():
    return seen(SEQUENTIAL)


def test_fit_evaluate_and_predict_are_seen(sequential):
    assert sequential.program.steps == 16
    assert [(call.where.line - FIRST, call.use, call.calls) for call in sequential.calls] == [
        (12, "train", 16),
        (12, "evaluate", 4),
        (13, "evaluate", 10),
        (14, "evaluate", 10),
    ]
    assert training(sequential)[0].training == 16
    assert training(sequential)[0].rows == 2 * 256


def test_the_loss_is_told_with_the_line_that_names_it(sequential):
    first = next(loss for loss in sequential.losses if loss.training)
    assert (first.function, first.where.line - FIRST) == ("categorical_crossentropy", 9)
    assert first.activation.kind == "softmax"
    assert first.activation.where.line - FIRST == 5
    assert first.classes.count == 3
    assert first.target.shape == (32,)
    assert first.value == pytest.approx(1.1, abs=0.4)


def test_layers_have_their_names_and_lines(sequential):
    assert [(facts.inputs, facts.outputs, facts.where.line - FIRST) for facts in sequential.widths] == [(6, 16, 3), (16, 3, 5)]
    assert [facts.shape for facts in sequential.weights] == [(6, 16), (16, 3)]
    assert all(facts.kind == "Dense" and facts.gradient is not None for facts in sequential.weights)


def test_the_optimizer_is_told_as_one_of_torch(sequential):
    (optimizer,) = sequential.optimizers
    assert (optimizer.kind, optimizer.where.line - FIRST, optimizer.steps) == ("Adam", 8, 16)
    assert optimizer.settings["lr"] == pytest.approx(1e-2)
    assert optimizer.stale == 0
    assert optimizer.missing == ()


def test_metrics_and_shape_inference_are_no_training(sequential):
    assert {loss.function for loss in sequential.losses} == {"categorical_crossentropy"}
    assert sum(loss.training for loss in sequential.losses) == 16
    assert not sequential.choices


def test_rows_and_truth_of_each_part_are_kept(sequential):
    assert {facts.site: facts.rows for facts in sequential.input_rows} == {0: 512}
    assert sequential.answers[0].task == "classification"


def test_a_model_of_a_class_and_a_train_step():
    record = seen("""
class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.hidden = layers.Dense(16, activation="relu")
        self.head = layers.Dense(3)

    def call(self, inputs, training=False):
        return self.head(self.hidden(inputs))

    def train_step(self, data):
        features, target = data
        scores = self(features, training=True)
        loss = self.compute_loss(y=target, y_pred=scores)
        self.zero_grad()
        loss.backward()
        weights = [v for v in self.trainable_weights]
        self.optimizer.apply([v.value.grad for v in weights], weights)
        return {"loss": loss}

net = Net()
net.compile(optimizer="adam", loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True))
net.fit(x, y, epochs=2, batch_size=32, verbose=0)
""")
    assert record.program.steps == 20
    assert [call.model for call in training(record)] == ["Net"]
    loss = next(loss for loss in record.losses if loss.training)
    assert (loss.function, loss.where.line - FIRST) == ("cross_entropy", 21)
    assert [facts.where.line - FIRST for facts in record.widths] == [4, 5]


def test_a_train_step_in_evaluation_mode_is_seen():
    record = seen("""
class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.hidden = layers.Dense(16, activation="relu")
        self.drop = layers.Dropout(0.5)
        self.head = layers.Dense(3)

    def call(self, inputs, training=False):
        return self.head(self.drop(self.hidden(inputs), training=training))

    def train_step(self, data):
        features, target = data
        loss = self.compute_loss(y=target, y_pred=self(features))
        self.zero_grad()
        loss.backward()
        weights = [v for v in self.trainable_weights]
        self.optimizer.apply([v.value.grad for v in weights], weights)
        return {"loss": loss}

net = Net()
net.compile(optimizer="adam", loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True))
net.fit(x, y, epochs=4, batch_size=32, verbose=0)
""")
    (trained,) = training(record)
    assert trained.training == 0
    assert {finding.code for finding in run_checks(record, CHECKS)[0] if finding.severity.loud} == {"MOD301"}


def test_a_loop_of_torch_over_a_model_of_keras():
    record = seen("""
import torch
model = keras.Sequential([keras.Input((6,)), layers.Dense(16, activation="relu"), layers.Dense(3)])
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
features, target = torch.tensor(x), torch.tensor(y)
for epoch in range(2):
    for rows in torch.randperm(320).split(32):
        loss = torch.nn.functional.cross_entropy(model(features[rows], training=True), target[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
""")
    assert record.program.steps == 20
    assert [(call.where.line - FIRST, call.training) for call in training(record)] == [(7, 20)]
    assert record.optimizers[0].missing == ()


def test_frozen_layers_are_no_finding():
    record = seen("""
backbone = keras.Sequential([keras.Input((6,)), layers.Dense(16, activation="relu"), layers.BatchNormalization()])
backbone.trainable = False
model = keras.Sequential([keras.Input((6,)), backbone, layers.Dense(3, activation="softmax")])
model.compile("adam", "sparse_categorical_crossentropy")
model.fit(x, y, epochs=2, batch_size=32, verbose=0)
""")
    assert [facts.shape for facts in record.weights] == [(16, 3)]
    assert not [f for f in run_checks(record, CHECKS)[0] if f.severity.loud and f.family.value in ("update", "train-mode")]


def test_weights_of_classes_are_told():
    record = seen("""
model = keras.Sequential([keras.Input((6,)), layers.Dense(3, activation="softmax")])
model.compile("adam", "sparse_categorical_crossentropy")
model.fit(x, y, class_weight={0: 1.0, 1: 2.0, 2: 3.0}, epochs=1, batch_size=32, verbose=0)
""")
    assert next(loss for loss in record.losses if loss.training).options["weight"] is not None


def test_targets_that_do_not_fit_the_loss_are_told_with_its_line():
    record = seen("""
model = keras.Sequential([keras.Input((6,)), layers.Dense(3, activation="softmax")])
model.compile("adam", "categorical_crossentropy")
model.fit(x, y, epochs=1, batch_size=32, verbose=0)
""")
    assert (record.failure.during, record.failure.where.line - FIRST) == ("loss", 2)
    assert [finding.code for finding in run_checks(record, CHECKS)[0]] == ["CRS308"]


def test_rows_that_do_not_fit_the_model_are_told_with_the_line_of_the_call():
    record = seen("""
model = keras.Sequential([keras.Input((6,)), layers.Dense(3, activation="softmax")])
model.compile("adam", "sparse_categorical_crossentropy")
model.fit(x[:, :5], y, epochs=1, batch_size=32, verbose=0)
""")
    assert record.failure.during == "model"
    assert [finding.code for finding in run_checks(record, CHECKS)[0]] == ["CRS301"]


def test_everything_is_put_back():
    import keras

    before = [keras.Layer.__call__, keras.Model.compile, keras.optimizers.Optimizer.apply, keras.Loss.__call__]
    seen("model = keras.Sequential([keras.Input((6,)), layers.Dense(3)])\n")
    assert [keras.Layer.__call__, keras.Model.compile, keras.optimizers.Optimizer.apply, keras.Loss.__call__] == before


@pytest.mark.parametrize(("steps", "codes"), [(8, ["SCH301"]), (400, [])])
def test_the_schedule_of_an_optimizer(steps, codes):
    record = seen(f"""
rate = keras.optimizers.schedules.CosineDecay(1e-3, decay_steps={steps})
model = keras.Sequential([keras.Input((6,)), layers.Dense(8, activation="relu"), layers.Dense(3, activation="softmax")])
model.compile(keras.optimizers.Adam(rate), "sparse_categorical_crossentropy")
model.fit(x, y, epochs=10, batch_size=8, verbose=0)
""")
    (schedule,) = record.schedulers
    assert (schedule.kind, schedule.where.line - FIRST, schedule.steps) == ("CosineDecay", 1, 400)
    assert schedule.peak == pytest.approx(1e-3)
    assert [finding.code for finding in run_checks(record, CHECKS)[0] if finding.severity.loud] == codes


def test_convolutions_without_an_activation_are_one_linear_layer():
    record = seen("""
model = keras.Sequential([
    keras.Input((6, 1)),
    layers.Conv1D(16, 3, padding="same"),
    layers.Conv1D(16, 3, strides=2, padding="same"),
    layers.Flatten(),
    layers.Dense(3, activation="softmax"),
])
model.compile("adam", "sparse_categorical_crossentropy")
model.fit(x[..., None], y, epochs=2, batch_size=32, verbose=0)
""")
    found = [finding for finding in run_checks(record, CHECKS)[0] if finding.severity.loud]
    assert [(finding.code, finding.where.line - FIRST) for finding in found] == [("ARC301", 3)]
