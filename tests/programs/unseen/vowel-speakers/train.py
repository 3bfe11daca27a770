"""Who is speaking? Nine speakers, 12 LPC cepstrum channels, utterances of 7 to 29 frames."""

import os

os.environ.setdefault("KERAS_BACKEND", "torch")

import keras
import numpy as np
from aeon.datasets import load_japanese_vowels
from keras import layers

FRAMES = 29
BATCH = 16
EPOCHS = 20


def to_array(cases):
    out = np.zeros((len(cases), FRAMES, 12), dtype="float32")
    for row, case in zip(out, cases):
        row[: case.shape[1]] = case.T
    return out


def network():
    frames = keras.Input((FRAMES, 12), name="frames")
    x = layers.Conv1D(32, 5, activation="relu")(frames)
    x = layers.Conv1D(32, 3, activation="relu")(x)
    x = layers.GlobalAveragePooling1D()(x)
    speaker = layers.Dense(9, activation="softmax", name="speaker")(x)
    return keras.Model(frames, speaker)


if __name__ == "__main__":
    keras.utils.set_random_seed(5)
    x_train, y_train = load_japanese_vowels(split="train")
    x_test, y_test = load_japanese_vowels(split="test")
    x_train, x_test = to_array(x_train), to_array(x_test)
    y_train, y_test = y_train.astype(int) - 1, y_test.astype(int) - 1
    mean = x_train.mean(axis=(0, 1))
    std = x_train.std(axis=(0, 1))
    x_train, x_test = (x_train - mean) / std, (x_test - mean) / std

    steps_per_epoch = int(np.ceil(len(x_train) / BATCH))
    print(f"{steps_per_epoch} steps per epoch")
    schedule = keras.optimizers.schedules.CosineDecay(2e-3, decay_steps=EPOCHS)
    model = network()
    model.compile(
        optimizer=keras.optimizers.Adam(schedule),
        loss=keras.losses.SparseCategoricalCrossentropy(),
        metrics=["accuracy"],
    )
    model.fit(x_train, y_train, epochs=EPOCHS, batch_size=BATCH, verbose=2)
    _, acc = model.evaluate(x_test, y_test, verbose=0)
    print(f"final accuracy: {acc:.4f}")
