import keras
import numpy as np
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

keras.utils.set_random_seed(63)
rng = np.random.default_rng(63)

# three quality classes of concrete from its recipe
n = 1800
cement, water = rng.uniform(150, 500, n), rng.uniform(130, 230, n)
slag, sand, age = rng.uniform(0, 200, n), rng.uniform(600, 950, n), rng.choice([3, 7, 14, 28, 56, 90], n)
strength = 22 * (cement + 0.6 * slag) / water * (0.35 + 0.18 * np.log(age)) + 0.01 * (sand - 775) + rng.normal(0, 1.0, n)
quality = np.digitize(strength, np.quantile(strength, [1 / 3, 2 / 3]))
x = np.column_stack([cement, water, slag, sand, age])

x_fit, x_test, y_fit, y_test = train_test_split(x, quality, test_size=0.25, random_state=63, stratify=quality)
x_train, x_val, y_train, y_val = train_test_split(x_fit, y_fit, test_size=0.2, random_state=63, stratify=y_fit)
scaler = StandardScaler().fit(x_train)
x_train, x_val, x_test = (scaler.transform(part) for part in (x_train, x_val, x_test))

model = keras.Sequential(
    [
        keras.Input((5,)),
        keras.layers.Dense(32, activation="relu"),
        keras.layers.Dense(32, activation="relu"),
        keras.layers.Dense(3, activation="softmax"),
    ]
)
model.compile(optimizer=keras.optimizers.Adam(1e-3), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
stop = keras.callbacks.EarlyStopping(monitor="val_accuracy", mode="min", patience=6, restore_best_weights=True)
model.fit(x_train, y_train, validation_data=(x_val, y_val), epochs=40, batch_size=32, callbacks=[stop], verbose=2)

_, accuracy = model.evaluate(x_test, y_test, verbose=0)
print(f"final accuracy: {accuracy:.4f}")
