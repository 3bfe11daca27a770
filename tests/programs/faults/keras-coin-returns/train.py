import keras
import numpy as np
from keras import layers
from sklearn.metrics import r2_score

keras.utils.set_random_seed(11)
rng = np.random.default_rng(11)

# hourly price of a made-up coin with a daily rhythm, in thousands
T = 1500
hours = np.arange(T)
r = 2 * np.sin(2 * np.pi * hours / 24) + np.sin(2 * np.pi * hours / 7.3 + 1) + 0.1 * rng.standard_normal(T)
LOOKBACK = 8
x = np.lib.stride_tricks.sliding_window_view(r[:-1], LOOKBACK)[..., None]
y = r[LOOKBACK:] - r[LOOKBACK - 1 : -1]  # change from hour to hour

cut = int(0.8 * len(x))
scale, unit = r[:cut].std(), y[:cut].std()
x_train, x_test = x[:cut] / scale, x[cut:] / scale
y_train, y_test = y[:cut] / unit, y[cut:] / unit

inputs = keras.Input((LOOKBACK, 1))
h = layers.GRU(16)(inputs)
h = layers.Dense(16, activation="relu")(h)
outputs = layers.Dense(1, activation="relu")(h)
model = keras.Model(inputs, outputs)
model.compile(optimizer=keras.optimizers.Adam(5e-3), loss="mse")
history = model.fit(x_train, y_train, batch_size=64, epochs=12, verbose=0)
for epoch, value in enumerate(history.history["loss"], 1):
    print(f"epoch {epoch}: loss {value:.4f}")

forecast = model.predict(x_test, verbose=0)[:, 0]
print("share of falling hours", (y_test < 0).mean().round(3), "forecast falling", (forecast < 0).mean().round(3))
print(f"final r2: {r2_score(y_test, forecast):.4f}")
