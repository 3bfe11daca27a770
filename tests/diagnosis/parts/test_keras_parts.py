"""`bringup.check(model, data=(x, y))` with a compiled Keras model, in a process of its own: import chooses the backend."""

import json
import os
import subprocess
import sys
from importlib.util import find_spec

import pytest

pytestmark = [pytest.mark.slow, pytest.mark.skipif(find_spec("keras") is None, reason="needs keras")]

PROGRAM = """
import json
import numpy as np
import bringup
import keras
from bringup.errors import BringupError

random = np.random.default_rng(0)
x = random.normal(size=(400, 6)).astype("float32")
y = (x[:, 0] > 0).astype("int64")

def model(activation=None, compiled=True):
    keras.utils.set_random_seed(0)
    layers = [keras.Input((6,)), keras.layers.Dense(16, activation="relu"), keras.layers.Dense(2, activation=activation)]
    made = keras.Sequential(layers)
    if compiled:
        made.compile(optimizer=keras.optimizers.Adam(1e-2), loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    return made

def refused(*args, **options):
    try:
        bringup.check(*args, **options)
    except BringupError as error:
        return str(error)

mine = model()
mine.fit(x, y, epochs=1, verbose=0)
before = [np.array(value) for value in [*mine.weights, *mine.optimizer.variables]]
found = bringup.check(mine, data=(x, y), validation=(x[:80], y[:80]), steps=40, budget=0)
after = [np.array(value) for value in [*mine.weights, *mine.optimizer.variables]]
again = bringup.check(mine, data=(x, y), validation=(x[:80], y[:80]), steps=40, budget=0)
print(json.dumps({
    "status": found.verdict.status,
    "same": all(np.array_equal(a, b) for a, b in zip(before, after, strict=True)),
    "repeats": found.checks == again.checks,
    "softmax": bringup.check(model("softmax"), data=(x, y), steps=60, budget=0).verdict.code,
    "handed": bringup.check(model(compiled=False), data=(x, y), loss=mine.loss, optimizer=keras.optimizers.SGD(0.1), steps=40,
        budget=0).verdict.status,
    "uncompiled": refused(model(compiled=False), data=(x, y)),
    "once": refused(mine, data=iter([(x, y)])),
    "alone": refused(mine, data=x),
    "uneven": refused(mine, data=(x, y[:9])),
}))
"""


def test_a_keras_model():
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "KERAS_BACKEND": "torch"},
    )
    assert done.returncode == 0, done.stderr
    seen = json.loads(done.stdout.splitlines()[-1])
    assert seen["same"]
    assert seen["repeats"]
    assert seen["softmax"] == "LOS301"
    assert seen["handed"] == "healthy"
    assert all(seen[name] for name in ("uncompiled", "once", "alone", "uneven"))
