import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(61)
rng = np.random.default_rng(61)

# hires at a bike station per hour; many night hours have none
n = 3000
hour = rng.integers(0, 24, n)
weekend = rng.integers(0, 7, n) >= 5
temperature = rng.normal(14, 7, n)
rain = rng.random(n) < 0.2
commute = np.exp(-(((hour - 8) / 1.5) ** 2)) + np.exp(-(((hour - 17.5) / 2.0) ** 2))
leisure = np.exp(-(((hour - 14) / 4.0) ** 2))
rate = 0.3 + np.where(weekend, 5 * leisure, 8 * commute + leisure)
rate = rate * np.exp(0.04 * (temperature - 14)) * np.where(rain, 0.5, 1.0)
hires = rng.poisson(rate).astype("float32")

angle = 2 * np.pi * hour / 24
X = np.column_stack([np.sin(angle), np.cos(angle), np.sin(2 * angle), np.cos(2 * angle), weekend, temperature, rain])
X = X.astype("float32")
x_train, x_test, y_train, y_test = X[:2400], X[2400:], hires[:2400], hires[2400:]

normalize = layers.Normalization()
normalize.adapt(x_train)

inputs = keras.Input(shape=(X.shape[1],))
h = normalize(inputs)
h = layers.Dense(48, activation="relu")(h)
h = layers.Dense(48, activation="relu")(h)
outputs = layers.Dense(1, activation="exponential")(h)
model = keras.Model(inputs, outputs)
model.compile(optimizer=keras.optimizers.Adam(2e-3), loss=keras.losses.Poisson(), metrics=["mae"])
model.fit(x_train, y_train, batch_size=32, epochs=15, validation_split=0.1, verbose=2)

expected = model.predict(x_test, verbose=0)[:, 0]


def deviance(y, mu):
    return 2 * np.mean(np.where(y > 0, y * np.log(np.maximum(y, 1) / mu), 0) - (y - mu))


explained = 1 - deviance(y_test, expected) / deviance(y_test, y_train.mean())
print(f"mae {np.abs(expected - y_test).mean():.3f}")
print(f"final explained_deviance: {explained:.4f}")
