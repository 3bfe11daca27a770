import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(9)
rng = np.random.default_rng(9)
SYMBOLS = ["ring", "cross", "bars", "grid", "dot", "corner", "wave", "chess"]


def symbol(kind, size=16):
    yy, xx = np.mgrid[0:size, 0:size]
    cx, cy = rng.uniform(6, 10, 2)
    dist = np.hypot(xx - cx, yy - cy)
    shift = rng.integers(0, 4)
    img = {
        "ring": (np.abs(dist - 4) < 1.2),
        "cross": (np.abs(xx - cx) < 1) | (np.abs(yy - cy) < 1),
        "bars": (xx + shift) % 4 < 2,
        "grid": ((xx + shift) % 4 == 0) | ((yy + shift) % 4 == 0),
        "dot": dist < 2.5,
        "corner": ((np.abs(xx - cx) < 1) & (yy > cy)) | ((np.abs(yy - cy) < 1) & (xx > cx)),
        "wave": np.abs(yy - 8 - 3 * np.sin(xx / 2.0 + shift)) < 1.2,
        "chess": ((xx + shift) // 4 + yy // 4) % 2 == 0,
    }[SYMBOLS[kind]]
    return img.astype("float32") + rng.normal(0, 0.4, (size, size)).astype("float32")


y = rng.integers(0, 8, 1600)
x = np.stack([symbol(k) for k in y])[..., None]
x_train, y_train, x_test, y_test = x[:1200], y[:1200], x[1200:], y[1200:]

model = keras.Sequential(
    [
        keras.Input((16, 16, 1)),
        layers.Conv2D(8, 3, activation="relu", padding="same"),
        layers.MaxPooling2D(),
        layers.Conv2D(16, 3, activation="relu", padding="same"),
        layers.GlobalAveragePooling2D(),
        layers.Dense(32, activation="relu"),
        layers.Dense(8),
        layers.Activation("softmax"),
    ]
)
model.compile(keras.optimizers.Adam(0.005), "sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(x_train, y_train, epochs=14, batch_size=40, verbose=2)
loss, acc = model.evaluate(x_test, y_test, verbose=0)
print(f"final accuracy: {acc:.4f}")
