import os

os.environ.setdefault("KERAS_BACKEND", "torch")

import keras
import numpy as np
from keras import layers
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

keras.utils.set_random_seed(31)
rng = np.random.default_rng(31)

clean = (load_digits().images / 16.0).astype("float32").reshape(-1, 64)
clean_train, clean_test = train_test_split(clean, test_size=0.2, random_state=31)


def corrupt(images):
    return (images + rng.normal(0, 0.25, images.shape)).astype("float32")


noisy_train, noisy_test = corrupt(clean_train), corrupt(clean_test)

encoder = keras.Sequential([layers.Dense(128, activation="relu"), layers.Dense(24)], name="encoder")
decoder = keras.Sequential([layers.Dense(128, activation="relu"), layers.Dense(64, activation="sigmoid")], name="decoder")

pixels = keras.Input((64,))
denoiser = keras.Model(pixels, decoder(encoder(pixels)))
# grey values in [0, 1] as Bernoulli means: the loss has a floor well above zero
denoiser.compile(optimizer=keras.optimizers.Adam(2e-3), loss="binary_crossentropy", metrics=["mse"])
denoiser.fit(
    noisy_train,
    clean_train,
    epochs=40,
    batch_size=64,
    validation_split=0.1,
    callbacks=[keras.callbacks.EarlyStopping(patience=6, restore_best_weights=True)],
    verbose=2,
)

restored = denoiser.predict(noisy_test, verbose=0)
print("noisy mse:", ((noisy_test - clean_test) ** 2).mean())
print(f"final r2: {1 - ((restored - clean_test) ** 2).mean() / clean_test.var(axis=0).mean():.4f}")
