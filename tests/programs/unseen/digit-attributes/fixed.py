"""Multi-label attributes of handwritten digits (even / has a loop / above four)."""

import os

os.environ.setdefault("KERAS_BACKEND", "torch")

import keras
import numpy as np
import torch
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from torch.utils.data import DataLoader, TensorDataset

SEED = 4
EPOCHS = 12


def load():
    images, digit = load_digits(return_X_y=True)
    attrs = np.stack([digit % 2 == 0, np.isin(digit, [0, 6, 8, 9]), digit > 4], axis=1)
    return train_test_split((images / 16).astype("float32"), attrs.astype("float32"), test_size=0.25, random_state=SEED)


def build():
    inputs = keras.Input((64,))
    h = keras.layers.Dense(64, activation="relu")(inputs)
    h = keras.layers.Dense(64, activation="relu")(h)
    return keras.Model(inputs, keras.layers.Dense(3)(h))


def main():
    keras.utils.set_random_seed(SEED)
    x_train, x_test, a_train, a_test = load()
    loader = DataLoader(TensorDataset(torch.from_numpy(x_train), torch.from_numpy(a_train)), batch_size=32, shuffle=True)
    model = build()
    criterion = keras.losses.BinaryCrossentropy(from_logits=True)
    optimizer = torch.optim.Adam(model.parameters(), lr=2e-3)

    for epoch in range(EPOCHS):
        running = 0.0
        for xb, ab in loader:
            optimizer.zero_grad()
            logits = model(xb, training=True)
            loss = criterion(ab, logits)
            loss.backward()
            optimizer.step()
            running += loss.item() * len(xb)
        print(f"epoch {epoch + 1:2d}  loss {running / len(x_train):.4f}")

    scores = model.predict(x_test, verbose=0)
    accuracy = ((scores > 0) == (a_test > 0.5)).mean()
    print(f"final accuracy: {accuracy:.4f}")


if __name__ == "__main__":
    main()
