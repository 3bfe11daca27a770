import keras
from keras import layers
from sklearn.datasets import load_wine
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler


def make_data():
    wine = load_wine()
    x_train, x_test, y_train, y_test = train_test_split(
        wine.data, wine.target, test_size=0.3, stratify=wine.target, random_state=5
    )
    scaler = StandardScaler().fit(x_train)
    return scaler.transform(x_train), y_train, scaler.transform(x_test), y_test, len(wine.target_names)


def make_model(n_features, n_classes):
    inputs = keras.Input(shape=(n_features,), name="chemistry")
    x = layers.Dense(24, activation="relu")(inputs)
    x = layers.Dense(24, activation="relu")(x)
    outputs = layers.Dense(n_classes, activation="softmax", name="cultivar")(x)
    return keras.Model(inputs, outputs)


keras.utils.set_random_seed(5)
x_train, y_train, x_test, y_test, n_classes = make_data()
model = make_model(x_train.shape[1], n_classes)
model.summary()
model.compile(optimizer=keras.optimizers.Adam(5e-3), loss="categorical_crossentropy", metrics=["accuracy"])
model.fit(x_train, y_train, batch_size=16, epochs=25, verbose=2)
loss, accuracy = model.evaluate(x_test, y_test, verbose=0)
print(f"final accuracy: {accuracy:.4f}")
