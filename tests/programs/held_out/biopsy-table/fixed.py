import keras
import numpy as np
from keras import layers
from sklearn.datasets import load_breast_cancer

keras.utils.set_random_seed(29)
rng = np.random.default_rng(29)

data = load_breast_cancer()
X, y = data.data.astype("float32"), data.target.astype("float32")
order = rng.permutation(len(X))
X, y = X[order], y[order]

n_train, n_val = int(0.7 * len(X)), int(0.15 * len(X))
X_train, y_train = X[:n_train], y[:n_train]
X_val, y_val = X[n_train : n_train + n_val], y[n_train : n_train + n_val]
X_test, y_test = X[n_train + n_val :], y[n_train + n_val :]

normalizer = layers.Normalization()
normalizer.adapt(X_train)

model = keras.Sequential(
    [
        keras.Input(shape=(X.shape[1],)),
        normalizer,
        layers.Dense(32, activation="relu"),
        layers.Dropout(0.3),
        layers.Dense(16, activation="relu"),
        layers.Dense(1, activation="sigmoid"),
    ]
)
model.compile(optimizer="adam", loss="binary_crossentropy", metrics=["accuracy"])
stop = keras.callbacks.EarlyStopping(monitor="val_loss", patience=6, restore_best_weights=True)
model.fit(
    X_train,
    y_train,
    validation_data=(X_val, y_val),
    epochs=30,
    batch_size=32,
    callbacks=[stop],
    verbose=2,
)
accuracy = model.evaluate(X_test, y_test, verbose=0)[1]
print(f"final accuracy: {accuracy:.4f}")
