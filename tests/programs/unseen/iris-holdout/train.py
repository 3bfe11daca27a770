import os

os.environ.setdefault("KERAS_BACKEND", "torch")

import keras
from sklearn.datasets import load_iris
from sklearn.preprocessing import LabelBinarizer

keras.utils.set_random_seed(42)

iris = load_iris()
X = iris.data.astype("float32")
y = LabelBinarizer().fit_transform(iris.target)

model = keras.Sequential(
    [
        keras.layers.Dense(16, activation="tanh"),
        keras.layers.Dense(16, activation="tanh"),
        keras.layers.Dense(3, activation="softmax"),
    ]
)
model.compile(keras.optimizers.Adam(5e-3), "categorical_crossentropy", metrics=["accuracy"])

history = model.fit(X, y, epochs=40, batch_size=8, validation_split=0.4, verbose=2)

print("train accuracy:", history.history["accuracy"][-1])
print(f"final val_accuracy: {history.history['val_accuracy'][-1]:.4f}")
