import keras
import numpy as np
from sklearn.metrics import r2_score
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

keras.utils.set_random_seed(2)
rng = np.random.default_rng(2)

# speed (1/min), valve position, temperature, fill level -> pressure in bar
n = 1600
speed = rng.uniform(600, 3000, n)
valve = rng.uniform(0.1, 1.0, n)
temp = rng.normal(40, 8, n)
level = rng.uniform(0.2, 1.0, n)
pressure = 9 * (speed / 3000) ** 2 * (1.2 - 0.7 * valve) + 1.5 * level - 0.02 * (temp - 40) + rng.normal(0, 0.1, n)

x = np.column_stack([speed, valve, temp, level])
x_train, x_test, y_train, y_test = train_test_split(x, pressure, test_size=0.25, random_state=2)
scaler = StandardScaler().fit(x_train)
x_train, x_test = scaler.transform(x_train), scaler.transform(x_test)

model = keras.Sequential(
    [
        keras.layers.Input((4,)),
        keras.layers.Dense(32, activation="relu"),
        keras.layers.Dense(32, activation="relu"),
        keras.layers.Dense(1, activation="sigmoid"),
    ]
)
model.compile(optimizer=keras.optimizers.Adam(3e-3), loss="mse", metrics=["mae"])
model.fit(x_train, y_train, epochs=25, batch_size=32, validation_split=0.1, verbose=2)

pred = model.predict(x_test, verbose=0).ravel()
print(
    "pressures",
    y_test.min().round(2),
    "to",
    y_test.max().round(2),
    "predictions",
    pred.min().round(2),
    "to",
    pred.max().round(2),
)
print(f"final r2: {r2_score(y_test, pred):.4f}")
