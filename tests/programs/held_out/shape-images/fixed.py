import keras
import numpy as np
from keras import layers

SIZE = 20
NAMES = ("disc", "square", "cross", "ring")


def draw(kind, rng):
    yy, xx = np.mgrid[:SIZE, :SIZE]
    cy, cx = rng.uniform(7, SIZE - 7, size=2)
    r = rng.uniform(4, 6)
    dist = np.hypot(yy - cy, xx - cx)
    dy, dx = np.abs(yy - cy), np.abs(xx - cx)
    if kind == 0:
        mask = dist < r
    elif kind == 1:
        mask = (dy < 0.85 * r) & (dx < 0.85 * r)
    elif kind == 2:
        mask = ((dy < 1.5) | (dx < 1.5)) & (dy < r) & (dx < r)
    else:
        mask = (dist < r) & (dist > r - 2)
    background, colour = rng.uniform(20, 90), rng.uniform(140, 240)
    image = np.where(mask, colour, background) + rng.normal(0, 15, (SIZE, SIZE))
    return np.clip(image, 0, 255).astype("uint8")


def dataset(n, rng):
    kinds = rng.integers(len(NAMES), size=n)
    return np.stack([draw(k, rng) for k in kinds])[..., None], kinds


def build():
    return keras.Sequential(
        [
            keras.Input(shape=(SIZE, SIZE, 1)),
            layers.Conv2D(16, 3, strides=2, padding="same", activation="relu"),
            layers.Conv2D(32, 3, strides=2, padding="same", activation="relu"),
            layers.Flatten(),
            layers.Dense(32, activation="relu"),
            layers.Dense(len(NAMES), activation="softmax"),
        ]
    )


def main():
    keras.utils.set_random_seed(21)
    rng = np.random.default_rng(21)
    x_train, y_train = dataset(1200, rng)
    x_test, y_test = dataset(400, rng)
    x_train = x_train.astype("float32") / 255
    x_test = x_test.astype("float32") / 255

    model = build()
    model.compile(
        optimizer=keras.optimizers.SGD(learning_rate=0.05, momentum=0.9),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    model.fit(x_train, y_train, batch_size=32, epochs=8, validation_split=0.1, verbose=2)
    loss, acc = model.evaluate(x_test, y_test, verbose=0)
    print(f"final accuracy: {acc:.4f}")


if __name__ == "__main__":
    main()
