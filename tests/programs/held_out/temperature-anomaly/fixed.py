import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(11)
rng = np.random.default_rng(11)

# six years of daily temperatures with a weather component that persists for some days
days = np.arange(6 * 365)
season = 10 + 9 * np.sin(2 * np.pi * (days - 110) / 365)
weather = np.zeros(len(days))
for t in range(2, len(days)):
    weather[t] = 1.5 * weather[t - 1] - 0.62 * weather[t - 2] + rng.normal(0, 1.0)
temperature = season + weather

split = 5 * 365
season_fit = np.polynomial.polynomial.Polynomial.fit(days[:split] % 365, temperature[:split], 6)
anomaly = temperature - season_fit(days % 365)
scale = anomaly[:split].std()
anomaly = (anomaly / scale).astype("float32")

WINDOW = 14


def windows(series):
    x = np.stack([series[i : i + WINDOW] for i in range(len(series) - WINDOW)])
    return x[..., None], series[WINDOW:]


x_train, y_train = windows(anomaly[:split])
x_test, y_test = windows(anomaly[split:])

model = keras.Sequential(
    [
        keras.Input(shape=(WINDOW, 1)),
        layers.Conv1D(16, 3, activation="relu"),
        layers.Flatten(),
        layers.Dense(32, activation="relu"),
        layers.Dense(1),
    ]
)
model.compile(optimizer=keras.optimizers.Adam(1e-3), loss="mse", metrics=["mae"])
model.fit(x_train, y_train, epochs=15, batch_size=32, verbose=2)

pred = model.predict(x_test, verbose=0)[:, 0]
print("persistence mae", float(np.abs(x_test[:, -1, 0] - y_test).mean() * scale))
print(f"final mae: {np.abs(pred - y_test).mean() * scale:.4f}")
