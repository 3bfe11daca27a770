import keras
import numpy as np
import torch
from keras import layers
from sklearn.datasets import make_moons
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler


class Classifier(keras.Model):
    def __init__(self, hidden=32):
        super().__init__()
        self.hidden1 = layers.Dense(hidden, activation="relu")
        self.hidden2 = layers.Dense(hidden, activation="relu")
        self.out = layers.Dense(1)

    def call(self, x):
        return self.out(self.hidden2(self.hidden1(x)))

    def train_step(self, data):
        x, y = data
        y_pred = self(x, training=True)
        loss = self.compute_loss(x=x, y=y, y_pred=y_pred)
        self.zero_grad()
        loss.backward()

        trainable_weights = [v for v in self.trainable_weights]
        gradients = [v.value.grad for v in trainable_weights]
        with torch.no_grad():
            self.optimizer.apply(gradients, trainable_weights)

        for metric in self.metrics:
            if metric.name == "loss":
                metric.update_state(loss)
            else:
                metric.update_state(y, y_pred)
        return {m.name: m.result() for m in self.metrics}


def main():
    keras.utils.set_random_seed(13)
    X, y = make_moons(n_samples=1600, noise=0.15, random_state=13)
    X_train, X_test, y_train, y_test = train_test_split(
        X.astype("float32"), y.astype("float32")[:, None], test_size=0.25, random_state=13
    )
    scaler = StandardScaler().fit(X_train)
    X_train, X_test = scaler.transform(X_train), scaler.transform(X_test)

    model = Classifier()
    model.compile(
        optimizer=keras.optimizers.SGD(learning_rate=0.2),
        loss=keras.losses.BinaryCrossentropy(from_logits=True),
        metrics=[keras.metrics.BinaryAccuracy(threshold=0.0)],
    )
    model.fit(X_train, y_train, batch_size=32, epochs=15, verbose=2)

    logits = model.predict(X_test, verbose=0)
    accuracy = np.mean((logits > 0) == (y_test > 0.5))
    print(f"final accuracy: {accuracy:.4f}")


if __name__ == "__main__":
    main()
