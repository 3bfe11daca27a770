import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(41)
rng = np.random.default_rng(41)


def sample(n):
    """Soil samples around a mine shaft: the kind of deposit depends on the distance from it."""
    radius = np.sqrt(rng.uniform(0, 9, n))
    angle = rng.uniform(0, 2 * np.pi, n)
    east, north = radius * np.cos(angle), radius * np.sin(angle)
    deposit = np.digitize(radius + rng.normal(0, 0.05, n), [1.2, 2.2])
    return np.column_stack([east, north]).astype("float32"), deposit


class DepositNet(keras.Model):
    def __init__(self, n_classes):
        super().__init__()
        self.dense1 = layers.Dense(64, activation="relu")
        self.dense2 = layers.Dense(64, activation="relu")
        self.classifier = layers.Dense(n_classes, activation="softmax")

    def call(self, inputs):
        x = self.dense1(inputs)
        x = self.dense2(x)
        return self.classifier(x)


x_train, y_train = sample(2000)
x_test, y_test = sample(600)
mean, std = x_train.mean(axis=0), x_train.std(axis=0)
x_train, x_test = (x_train - mean) / std, (x_test - mean) / std

model = DepositNet(3)
model.compile(optimizer=keras.optimizers.Adam(3e-3), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(x_train, y_train, batch_size=64, epochs=15, validation_split=0.1, verbose=2)
_, accuracy = model.evaluate(x_test, y_test, batch_size=200, verbose=0)
print(f"final accuracy: {accuracy:.4f}")
