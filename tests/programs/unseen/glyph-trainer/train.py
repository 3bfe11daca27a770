import os

os.environ.setdefault("KERAS_BACKEND", "torch")

import keras
import torch
from keras import layers
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

keras.utils.set_random_seed(11)


class GlyphNet(keras.Model):
    def __init__(self, classes):
        super().__init__()
        self.hidden1 = layers.Dense(96, activation="relu")
        self.hidden2 = layers.Dense(48, activation="relu")
        self.drop = layers.Dropout(0.1)
        self.head = layers.Dense(classes, activation="softmax")

    def call(self, x, training=False):
        x = self.hidden1(x)
        x = self.drop(self.hidden2(x), training=training)
        return self.head(x)

    def train_step(self, data):
        x, y = data

        y_pred = self(x, training=True)
        loss = self.compute_loss(x=x, y=y, y_pred=y_pred)
        loss.backward()

        weights = self.trainable_weights
        grads = [w.value.grad for w in weights]
        with torch.no_grad():
            self.optimizer.apply(grads, weights)

        for metric in self.metrics:
            if metric.name == "loss":
                metric.update_state(loss)
            else:
                metric.update_state(y, y_pred)
        return {m.name: m.result() for m in self.metrics}


X, y = load_digits(return_X_y=True)
X = (X / 16.0).astype("float32")
X_tr, X_te, y_tr, y_te = train_test_split(X, y, test_size=0.25, stratify=y, random_state=11)

model = GlyphNet(10)
model.compile(
    optimizer=keras.optimizers.SGD(learning_rate=0.1, momentum=0.9),
    loss="sparse_categorical_crossentropy",
    metrics=["accuracy"],
)
model.fit(X_tr, y_tr, validation_data=(X_te, y_te), epochs=15, batch_size=64, verbose=2)

_, acc = model.evaluate(X_te, y_te, verbose=0)
print(f"final accuracy: {acc:.4f}")
