import os

os.environ.setdefault("KERAS_BACKEND", "torch")

import keras
from sklearn.datasets import load_breast_cancer
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler


def main(lr=0.5, steps=120, l2=1e-3):
    keras.utils.set_random_seed(9)
    X, y = load_breast_cancer(return_X_y=True)
    X_tr, X_te, y_tr, y_te = train_test_split(X, y, test_size=0.3, stratify=y, random_state=9)
    scale = StandardScaler().fit(X_tr)
    X_tr, X_te = scale.transform(X_tr), scale.transform(X_te)

    # plain logistic regression: convex, so zeros are a fine start and one batch per step is enough
    logistic = keras.Sequential(
        [
            keras.Input((X_tr.shape[1],)),
            keras.layers.Dense(1, kernel_initializer="zeros", kernel_regularizer=keras.regularizers.L2(l2)),
        ]
    )
    logistic.compile(
        optimizer=keras.optimizers.SGD(lr),
        loss=keras.losses.BinaryCrossentropy(from_logits=True),
        metrics=[keras.metrics.BinaryAccuracy(threshold=0.0)],
    )
    logistic.fit(X_tr, y_tr, batch_size=len(X_tr), epochs=steps, shuffle=False, verbose=2)

    margin = logistic.predict(X_te, verbose=0)[:, 0]
    print(f"final accuracy: {((margin > 0) == y_te).mean():.4f}")


if __name__ == "__main__":
    main()
