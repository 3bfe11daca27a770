import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(52)
rng = np.random.default_rng(52)


def textures(n):
    """8-bit pictures of striped cloth: the class is the direction of the stripes."""
    y = rng.integers(0, 6, n)
    yy, xx = np.mgrid[0:14, 0:14]
    angle = (y * np.pi / 6)[:, None, None]
    freq = rng.uniform(0.9, 1.6, (n, 1, 1))
    phase = rng.uniform(0, 6.28, (n, 1, 1))
    img = 128 + 60 * np.sin(freq * (xx * np.cos(angle) + yy * np.sin(angle)) + phase) + rng.normal(0, 40, (n, 14, 14))
    return np.clip(img, 0, 255).astype("uint8"), y


x_train, y_train = textures(1200)
x_test, y_test = textures(500)
x_train = (x_train[..., None] / 255.0 - 0.5) * 2
x_test = (x_test[..., None] / 255.0 - 0.5) * 2
y_train_hot = keras.utils.to_categorical(y_train, 6)

inp = keras.Input((14, 14, 1))
z = layers.Conv2D(12, 5, activation="relu")(inp)
z = layers.Conv2D(12, 3, activation="relu")(z)
z = layers.GlobalMaxPooling2D()(z)
out = layers.Dense(6, activation="softmax")(z)
net = keras.Model(inp, out)
net.compile(optimizer="adam", loss="categorical_crossentropy", metrics=["categorical_accuracy"])
net.fit(x_train, y_train_hot, epochs=15, batch_size=48, shuffle=True, verbose=2)

guess = np.argmax(net.predict(x_test, verbose=0), axis=1)
print(f"final accuracy: {np.mean(guess == y_test):.4f}")
