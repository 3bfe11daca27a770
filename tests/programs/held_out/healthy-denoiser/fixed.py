import keras
import numpy as np
from keras import layers
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

keras.utils.set_random_seed(53)
rng = np.random.default_rng(53)

images = (load_digits().images / 16.0).astype("float32")[..., None]
clean_train, clean_test = train_test_split(images, test_size=0.2, random_state=53)


def add_noise(x):
    return np.clip(x + rng.normal(0, 0.3, x.shape), 0, 1).astype("float32")


noisy_train, noisy_test = add_noise(clean_train), add_noise(clean_test)

inputs = keras.Input(shape=(8, 8, 1))
x = layers.Conv2D(16, 3, padding="same", activation="relu")(inputs)
x = layers.MaxPooling2D()(x)
x = layers.Conv2D(32, 3, padding="same", activation="relu")(x)
x = layers.UpSampling2D()(x)
x = layers.Conv2D(16, 3, padding="same", activation="relu")(x)
outputs = layers.Conv2D(1, 3, padding="same", activation="sigmoid")(x)
denoiser = keras.Model(inputs, outputs)
denoiser.compile(optimizer=keras.optimizers.Adam(3e-3), loss="binary_crossentropy")
denoiser.fit(noisy_train, clean_train, epochs=10, batch_size=32, validation_split=0.1, verbose=2)

restored = denoiser.predict(noisy_test, verbose=0)
before = float(np.mean((noisy_test - clean_test) ** 2))
after = float(np.mean((restored - clean_test) ** 2))
print(f"mse of the noisy images {before:.4f}, of the restored ones {after:.4f}")
print(f"final mse: {after:.4f}")
