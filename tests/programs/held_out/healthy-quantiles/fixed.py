import keras
import numpy as np
from keras import layers, ops

keras.utils.set_random_seed(65)
rng = np.random.default_rng(65)

QUANTILES = np.array([0.1, 0.5, 0.9], dtype="float32")


def pinball(y_true, y_pred):
    q = ops.convert_to_tensor(QUANTILES)
    error = ops.reshape(y_true, (-1, 1)) - y_pred
    return ops.mean(ops.maximum(q * error, (q - 1) * error), axis=-1)


# delivery times: skewed, wider for far and heavy parcels
n = 3000
distance = rng.uniform(5, 120, n)
weight = rng.gamma(2, 4, n)
express = rng.random(n) < 0.3
hours = 4 + 0.15 * distance + rng.gamma(2, 0.02 * distance + 0.1 * weight, n)
hours = np.where(express, 0.6 * hours, hours)

X = np.column_stack([distance, np.log(weight), express]).astype("float32")
x_train, x_test = X[:2400], X[2400:]
mean, std = x_train.mean(axis=0), x_train.std(axis=0)
x_train, x_test = (x_train - mean) / std, (x_test - mean) / std
y_mean, y_std = hours[:2400].mean(), hours[:2400].std()
y = ((hours - y_mean) / y_std).astype("float32")
y_train, y_test = y[:2400], y[2400:]

model = keras.Sequential(
    [
        keras.Input(shape=(3,)),
        layers.Dense(32, activation="gelu"),
        layers.Dense(32, activation="gelu"),
        layers.Dense(len(QUANTILES)),
    ]
)
schedule = keras.optimizers.schedules.CosineDecay(5e-3, decay_steps=15 * 75)
model.compile(optimizer=keras.optimizers.Adam(schedule), loss=pinball)
model.fit(x_train, y_train, batch_size=32, epochs=15, verbose=2)

pred = model.predict(x_test, verbose=0)
for q, column in zip(QUANTILES, pred.T):
    print(f"quantile {q:.1f}: {np.mean(y_test < column):.3f} of the test set below")
coverage = np.mean((y_test > pred[:, 0]) & (y_test < pred[:, 2]))
print(f"interval coverage {coverage:.3f}")
error = y_test[:, None] - pred
score = np.mean(np.maximum(QUANTILES * error, (QUANTILES - 1) * error)) * y_std
print(f"final pinball: {score:.4f}")
