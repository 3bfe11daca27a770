import os

os.environ.setdefault("KERAS_BACKEND", "torch")

import keras
from keras import layers
from mnist1d.data import get_dataset_args, make_dataset


class StridedNet(keras.Model):
    def __init__(self, widths=(32, 64, 64), classes=10, **kwargs):
        super().__init__(**kwargs)
        self.blocks = [layers.Conv1D(w, 5, strides=2, padding="same", activation="relu") for w in widths]
        self.flatten = layers.Flatten()
        self.fc = layers.Dense(64, activation="relu")
        self.out = layers.Dense(classes)

    def call(self, x):
        for block in self.blocks:
            x = block(x)
        return self.out(self.fc(self.flatten(x)))


def main():
    keras.utils.set_random_seed(1)
    args = get_dataset_args()
    args.num_samples = 3000
    data = make_dataset(args)
    x, y = data["x"][..., None].astype("float32"), data["y"]
    x_test, y_test = data["x_test"][..., None].astype("float32"), data["y_test"]

    model = StridedNet()
    model.compile(
        optimizer=keras.optimizers.AdamW(learning_rate=3e-3, weight_decay=1e-2),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
    )
    model.fit(x, y, epochs=9, batch_size=64, validation_data=(x_test, y_test), verbose=2)
    acc = model.evaluate(x_test, y_test, return_dict=True, verbose=0)["accuracy"]
    print(f"final accuracy: {acc:.4f}")


main()
