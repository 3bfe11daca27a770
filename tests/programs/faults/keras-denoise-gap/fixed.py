import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(31)
rng = np.random.default_rng(31)


def curves(n, steps=32):
    t = np.linspace(0, 1, steps)
    a, f, p = rng.uniform(0.5, 1, (n, 1)), rng.uniform(1, 3, (n, 1)), rng.uniform(0, 6.28, (n, 1))
    return (a * np.sin(2 * np.pi * f * t + p))[..., None].astype("float32")


clean = curves(1300)
train, test = clean[:1000], clean[1000:]

inputs = keras.Input((32, 1))
h = layers.GaussianNoise(0.3)(inputs)
h = layers.Conv1D(24, 5, padding="same", activation="relu")(h)
h = layers.Conv1D(24, 5, padding="same", activation="relu")(h)
h = layers.Conv1D(24, 5, padding="same", activation="relu")(h)
outputs = layers.Conv1D(1, 5, padding="same")(h)
model = keras.Model(inputs, outputs)
model.compile(optimizer=keras.optimizers.Adam(3e-3), loss="mse")
history = model.fit(train, train, validation_data=(test, test), epochs=15, batch_size=50, verbose=0)
for i in range(2, 15, 3):
    print(f"epoch {i + 1}: loss {history.history['loss'][i]:.4f} val_loss {history.history['val_loss'][i]:.4f}")

noisy = test + 0.3 * rng.standard_normal(test.shape).astype("float32")
restored = model.predict(noisy, verbose=0)
before, after = np.mean((noisy - test) ** 2), np.mean((restored - test) ** 2)
print(f"noise power before {before:.4f}, after {after:.4f}")
print(f"final noise reduction: {before / after:.3f}")
