"""Keras on another backend than torch: little is seen, and that is said."""

import os
import subprocess
import sys

import pytest

PROGRAM = """
import keras
import numpy as np
x = np.random.default_rng(0).normal(size=(256, 6)).astype("float32")
y = (x[:, 0] > 0).astype("int64")
model = keras.Sequential([keras.Input((6,)), keras.layers.Dense(2, activation="softmax")])
model.compile("adam", "sparse_categorical_crossentropy")
model.fit(x, y, epochs=3, batch_size=32, verbose=0)
"""

WATCH = """
import sys
from bringup.capture.running import watch_source
record = watch_source(sys.argv[1])
print(record.program.steps, len(record.need_series("train/loss")), *record.program.frameworks)
"""


def test_batches_are_counted_and_the_backend_is_named():
    pytest.importorskip("keras")
    pytest.importorskip("jax", reason="no second backend of Keras is installed")
    done = subprocess.run(
        [sys.executable, "-c", WATCH, PROGRAM],
        env={**os.environ, "KERAS_BACKEND": "jax"},
        capture_output=True,
        text=True,
        check=True,
    )
    steps, losses, *frameworks = done.stdout.split()
    assert (steps, losses) == ("24", "24")
    assert frameworks[-3:] == ["keras", "on", "jax"]
