import os

os.environ.setdefault("KERAS_BACKEND", "torch")

import keras
import numpy as np
from aeon.datasets import load_italy_power_demand
from keras import layers
from sklearn.metrics import accuracy_score

keras.utils.set_random_seed(21)

# daily electricity demand: winter half-year against summer half-year
x_train, y_train = load_italy_power_demand(split="train")
x_test, y_test = load_italy_power_demand(split="test")
x_train = np.transpose(x_train, (0, 2, 1)).astype("float32")
x_test = np.transpose(x_test, (0, 2, 1)).astype("float32")
y_train = (y_train == "2").astype("float32")
y_test = (y_test == "2").astype("float32")
print(x_train.shape, x_test.shape)

model = keras.Sequential()
model.add(keras.Input(x_train.shape[1:]))
model.add(layers.Conv1D(16, 5, padding="same", activation="relu"))
model.add(layers.MaxPooling1D(2))
model.add(layers.Conv1D(32, 3, padding="same", activation="relu"))
model.add(layers.Flatten())
model.add(layers.Dense(32, activation="relu"))
model.add(layers.Dense(1, activation="sigmoid"))

model.compile(optimizer="adam", loss="binary_crossentropy", metrics=["accuracy"])
model.fit(x_train, y_train, epochs=40, batch_size=8, verbose=2)

y_prob = model.predict(x_test, verbose=0)
y_pred = np.argmax(y_prob, axis=1)
print(f"final accuracy: {accuracy_score(y_test, y_pred):.4f}")
