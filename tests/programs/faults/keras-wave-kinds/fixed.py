import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(41)
rng = np.random.default_rng(41)


def waves(n, steps=24):
    kind = rng.integers(0, 3, n)
    t = np.arange(steps) / steps
    f, p = rng.uniform(2, 4, (n, 1)), rng.uniform(0, 6.28, (n, 1))
    phase = f * t + p / 6.28
    sine = np.sin(2 * np.pi * phase)
    square = np.sign(sine)
    saw = 2 * (phase % 1) - 1
    x = np.choose(kind[:, None], [sine, square, saw]) + 0.1 * rng.standard_normal((n, steps))
    return x[..., None].astype("float32"), kind


x_train, y_train = waves(1200)
x_test, y_test = waves(400)

model = keras.Sequential(name="wave_lstm")
model.add(keras.Input((24, 1)))
model.add(layers.LSTM(24, return_sequences=True, name="lower"))
model.add(layers.LSTM(24, name="upper"))
model.add(layers.Dense(3, activation="softmax"))
model.compile(optimizer=keras.optimizers.Adam(0.01), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(x_train, y_train, epochs=8, batch_size=60, verbose=2)

_, accuracy = model.evaluate(x_test, y_test, verbose=0)
print(f"final accuracy: {accuracy:.4f}")
