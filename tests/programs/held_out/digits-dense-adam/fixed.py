import keras
import numpy as np
from keras import layers
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

SEED = 17
keras.utils.set_random_seed(SEED)


class DigitClassifier:
    def __init__(self, hidden=(64, 64), dropout=0.1):
        model = keras.Sequential(name="digits")
        model.add(keras.Input(shape=(64,)))
        for units in hidden:
            model.add(layers.Dense(units, activation="relu"))
            model.add(layers.Dropout(dropout))
        model.add(layers.Dense(10, activation="softmax"))
        model.compile(
            optimizer=keras.optimizers.Adam(learning_rate=0.001),
            loss="sparse_categorical_crossentropy",
            metrics=["accuracy"],
        )
        self.model = model

    def fit(self, x, y, epochs=12, batch_size=32):
        self.history = self.model.fit(x, y, epochs=epochs, batch_size=batch_size, validation_split=0.1, verbose=0).history
        for i, (loss, val) in enumerate(zip(self.history["loss"], self.history["val_accuracy"])):
            print(f"epoch {i + 1:2d}  loss {loss:.4f}  val_accuracy {val:.4f}")
        return self

    def score(self, x, y):
        return float(np.mean(self.model.predict(x, verbose=0).argmax(axis=1) == y))


digits = load_digits()
x_train, x_test, y_train, y_test = train_test_split(
    (digits.data / 16.0).astype("float32"), digits.target, test_size=0.25, stratify=digits.target, random_state=SEED
)
clf = DigitClassifier().fit(x_train, y_train)
print(f"final accuracy: {clf.score(x_test, y_test):.4f}")
