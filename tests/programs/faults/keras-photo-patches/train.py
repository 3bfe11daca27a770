import keras
import numpy as np
from keras import layers
from sklearn.datasets import load_sample_images

keras.utils.set_random_seed(0)

# which of two photos does a 16 x 16 colour patch come from?
china, flower = load_sample_images().images
rng = np.random.default_rng(0)


def patches(img, n, top, bottom):
    rows = rng.integers(top, bottom - 16, n)
    cols = rng.integers(0, img.shape[1] - 16, n)
    return np.stack([img[r : r + 16, c : c + 16] for r, c in zip(rows, cols, strict=True)])


def build_set(n, top, bottom):
    x = np.concatenate([patches(china, n, top, bottom), patches(flower, n, top, bottom)])
    y = np.repeat([0, 1], n)
    order = rng.permutation(len(x))
    return x[order].astype("float32") / 255, y[order]


x_train, y_train = build_set(700, 0, 427)
x_test, y_test = build_set(300, 0, 427)

model = keras.Sequential(
    [
        keras.Input((16, 16, 3)),
        layers.Rescaling(1 / 255.0),
        layers.Conv2D(12, 3, activation="relu"),
        layers.MaxPooling2D(),
        layers.Conv2D(24, 3, activation="relu"),
        layers.Flatten(),
        layers.Dense(1, activation="sigmoid"),
    ]
)
model.compile(keras.optimizers.SGD(0.05, momentum=0.9), "binary_crossentropy", metrics=["accuracy"])
model.fit(x_train, y_train, batch_size=50, epochs=10, verbose=2)
_, accuracy = model.evaluate(x_test, y_test, verbose=0)
print(f"final accuracy: {accuracy:.4f}")
