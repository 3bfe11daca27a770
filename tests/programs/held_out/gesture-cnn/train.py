import keras
import numpy as np
from keras import layers

CLASSES = ["shake", "nod", "push", "circle-cw", "circle-ccw"]
T = 60


def record(label, rng):
    t = np.linspace(0, 1, T)
    phase = rng.uniform(0, 2 * np.pi)
    speed = rng.uniform(2.5, 5.0)
    wave = np.cos(2 * np.pi * speed * t + phase)
    quarter = np.sin(2 * np.pi * speed * t + phase)
    signal = rng.normal(0, 0.5, (3, T))
    if label < 3:
        signal[label] += wave
    else:
        signal[0] += wave
        signal[1] += quarter if label == 3 else -quarter
    return signal


def make_dataset(n, rng):
    labels = rng.integers(len(CLASSES), size=n)
    signals = np.array([record(label, rng) for label in labels], dtype="float32")
    return signals, labels


keras.utils.set_random_seed(2)
rng = np.random.default_rng(2)
x_train, y_train = make_dataset(900, rng)
x_test, y_test = make_dataset(300, rng)

mean = x_train.mean(axis=(0, 2), keepdims=True)
std = x_train.std(axis=(0, 2), keepdims=True)
x_train, x_test = (x_train - mean) / std, (x_test - mean) / std

x_train = x_train.reshape(-1, T, 3)
x_test = x_test.reshape(-1, T, 3)

model = keras.Sequential(
    [
        keras.Input(shape=(T, 3)),
        layers.Conv1D(16, 7, padding="same", activation="relu"),
        layers.MaxPooling1D(2),
        layers.Conv1D(32, 5, padding="same", activation="relu"),
        layers.GlobalMaxPooling1D(),
        layers.Dense(len(CLASSES), activation="softmax"),
    ]
)
model.compile(optimizer=keras.optimizers.Adam(2e-3), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(x_train, y_train, batch_size=32, epochs=12, validation_split=0.1, verbose=2)
print(f"final accuracy: {model.evaluate(x_test, y_test, verbose=0)[1]:.4f}")
