import os

os.environ.setdefault("KERAS_BACKEND", "torch")

import keras
from keras.layers import Conv2D, Dense, Dropout, Flatten, MaxPooling2D
from keras.utils import to_categorical
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split


def get_data():
    bunch = load_digits()
    X = bunch.images[..., None].astype("float32") / 16.0
    Y = to_categorical(bunch.target, 10)
    return train_test_split(X, Y, test_size=0.2, random_state=3, stratify=bunch.target)


def create_model(filters=16, dense_units=64, dropout=0.1):
    model = keras.models.Sequential()
    model.add(keras.Input((8, 8, 1)))
    model.add(Conv2D(filters, (3, 3), padding="same", activation="relu"))
    model.add(Conv2D(filters * 2, (3, 3), activation="relu"))
    model.add(MaxPooling2D((2, 2)))
    model.add(Dropout(dropout))
    model.add(Flatten())
    model.add(Dense(dense_units, activation="relu"))
    model.add(Dropout(dropout))
    model.add(Dense(10, activation="softmax"))
    model.compile(loss="categorical_crossentropy", optimizer="adam", metrics=["accuracy"])
    return model


keras.utils.set_random_seed(3)
X_train, X_test, Y_train, Y_test = get_data()
model = create_model()
model.fit(X_train, Y_train, batch_size=64, epochs=8, validation_split=0.1, verbose=2)
score = model.evaluate(X_test, Y_test, verbose=0)
print(f"final accuracy: {score[1]:.4f}")
