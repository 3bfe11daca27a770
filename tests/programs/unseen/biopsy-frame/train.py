import os

os.environ.setdefault("KERAS_BACKEND", "torch")

import keras
from keras import layers
from sklearn.datasets import load_breast_cancer
from sklearn.metrics import balanced_accuracy_score

keras.utils.set_random_seed(13)

bunch = load_breast_cancer(as_frame=True)
df = bunch.frame
features = df.drop(columns="target").sample(frac=1.0, random_state=13)
target = df["target"].to_numpy()

n_train = int(0.75 * len(df))
x_train = features.iloc[:n_train].to_numpy("float32")
x_test = features.iloc[n_train:].to_numpy("float32")
y_train, y_test = target[:n_train], target[n_train:]

norm = layers.Normalization()
norm.adapt(x_train)

model = keras.Sequential(
    [
        keras.Input((30,)),
        norm,
        layers.Dense(24, activation="relu"),
        layers.Dropout(0.2),
        layers.Dense(12, activation="relu"),
        layers.Dense(1, activation="sigmoid"),
    ]
)
model.compile(optimizer=keras.optimizers.Adam(2e-3), loss="binary_crossentropy", metrics=["accuracy", keras.metrics.AUC()])
model.fit(x_train, y_train, validation_split=0.15, epochs=25, batch_size=32, verbose=2)

y_hat = model.predict(x_test, verbose=0).ravel() > 0.5
print(f"final balanced_accuracy: {balanced_accuracy_score(y_test, y_hat):.4f}")
