import argparse

import keras
from keras import layers
from sklearn.datasets import load_breast_cancer
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler


def load(seed):
    X, y = load_breast_cancer(return_X_y=True)
    X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.2, stratify=y, random_state=seed)
    scaler = StandardScaler()
    X_train = scaler.fit_transform(X_train)
    X_test = scaler.transform(X_test)
    return X_train, X_test, y_train.astype("float32"), y_test.astype("float32")


def build_model(n_features, lr):
    inputs = keras.Input(shape=(n_features,))
    x = layers.Dense(32, activation="relu")(inputs)
    x = layers.Dropout(0.2)(x)
    x = layers.Dense(16, activation="relu")(x)
    outputs = layers.Dense(1, activation="sigmoid")(x)
    model = keras.Model(inputs, outputs, name="tumour")
    model.compile(
        optimizer=keras.optimizers.Adam(learning_rate=lr),
        loss="binary_crossentropy",
        metrics=["accuracy"],
    )
    return model


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--epochs", type=int, default=25)
    parser.add_argument("--batch-size", type=int, default=32)
    parser.add_argument("--lr", type=float, default=1e-3)
    parser.add_argument("--seed", type=int, default=7)
    args = parser.parse_args()

    keras.utils.set_random_seed(args.seed)
    X_train, X_test, y_train, y_test = load(args.seed)
    model = build_model(X_train.shape[1], args.lr)
    history = model.fit(
        X_train,
        y_train,
        validation_split=0.15,
        epochs=args.epochs,
        batch_size=args.batch_size,
        verbose=0,
    )
    for i in range(0, args.epochs, 5):
        print(f"epoch {i + 1}: loss {history.history['loss'][i]:.4f} val_accuracy {history.history['val_accuracy'][i]:.4f}")
    _, acc = model.evaluate(X_test, y_test, verbose=0)
    print(f"final accuracy: {acc:.4f}")


if __name__ == "__main__":
    main()
