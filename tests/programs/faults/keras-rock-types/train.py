import keras
import numpy as np
from sklearn.datasets import make_classification
from sklearn.model_selection import train_test_split

keras.utils.set_random_seed(23)

features, rock = make_classification(
    n_samples=1500,
    n_features=10,
    n_informative=8,
    n_redundant=0,
    n_classes=6,
    n_clusters_per_class=1,
    class_sep=2.0,
    random_state=23,
)
x_train, x_test, y_train, y_test = train_test_split(features, rock, test_size=0.3, random_state=23, stratify=rock)
mean, std = x_train.mean(axis=0), x_train.std(axis=0)
x_train, x_test = (x_train - mean) / std, (x_test - mean) / std


def build_model(n_inputs):
    model = keras.models.Sequential()
    model.add(keras.layers.Input(shape=(n_inputs,)))
    model.add(keras.layers.Dense(32, activation="relu"))
    model.add(keras.layers.Dense(32, activation="relu"))
    model.add(keras.layers.Dense(1, activation="sigmoid"))
    model.compile(loss="binary_crossentropy", optimizer=keras.optimizers.Adam(learning_rate=0.002), metrics=["accuracy"])
    return model


model = build_model(x_train.shape[1])
model.fit(x_train, y_train, epochs=20, batch_size=30, verbose=2)
loss, accuracy = model.evaluate(x_test, y_test, verbose=0)
print("classes in the test set:", np.bincount(y_test))
print(f"final accuracy: {accuracy:.4f}")
