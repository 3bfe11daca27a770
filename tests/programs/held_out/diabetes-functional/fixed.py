import keras
import numpy as np
from keras import layers
from sklearn.datasets import load_diabetes
from sklearn.metrics import r2_score
from sklearn.model_selection import train_test_split


def standardise(train, test):
    mean, std = train.mean(axis=0), train.std(axis=0)
    return (train - mean) / std, (test - mean) / std


def train_model(x, y, epochs, batch_size):
    inputs = keras.Input(shape=(x.shape[1],))
    h = layers.Dense(32, activation="relu", kernel_regularizer=keras.regularizers.l2(1e-3))(inputs)
    h = layers.Dense(16, activation="relu", kernel_regularizer=keras.regularizers.l2(1e-3))(h)
    outputs = layers.Dense(1)(h)
    model = keras.Model(inputs, outputs)
    model.compile(optimizer=keras.optimizers.SGD(0.01, momentum=0.5), loss="mse", metrics=["mae"])
    log = model.fit(x, y, epochs=epochs, batch_size=batch_size, verbose=0)
    for epoch in range(0, epochs, 5):
        print(f"epoch {epoch:2d} loss {log.history['loss'][epoch]:.4f} mae {log.history['mae'][epoch]:.4f}")
    return model


if __name__ == "__main__":
    keras.utils.set_random_seed(31)
    data = load_diabetes(scaled=False)
    x_train, x_test, y_train, y_test = train_test_split(data.data, data.target, test_size=0.25, random_state=31)
    x_train, x_test = standardise(x_train, x_test)
    y_mean, y_std = y_train.mean(), y_train.std()

    model = train_model(x_train, (y_train - y_mean) / y_std, epochs=15, batch_size=16)
    prediction = model.predict(x_test, verbose=0).ravel() * y_std + y_mean
    print(f"mean absolute error: {np.abs(prediction - y_test).mean():.2f}")
    print(f"final r2: {r2_score(y_test, prediction):.4f}")
