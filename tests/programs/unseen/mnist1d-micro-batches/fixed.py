import os

os.environ.setdefault("KERAS_BACKEND", "torch")

import keras
import numpy as np
import torch
from keras import layers
from mnist1d.data import get_dataset_args, make_dataset

MICRO, ACCUM, EPOCHS = 32, 2, 9
keras.utils.set_random_seed(19)

args = get_dataset_args()
args.num_samples = 2500
data = make_dataset(args)
x_train, y_train = torch.tensor(data["x"], dtype=torch.float32)[..., None], torch.tensor(data["y"])
x_test, y_test = data["x_test"][..., None].astype("float32"), data["y_test"]

model = keras.Sequential(
    [
        keras.Input((40, 1)),
        layers.Conv1D(32, 5, padding="same", activation="relu"),
        layers.MaxPooling1D(2),
        layers.Conv1D(64, 3, padding="same", activation="relu"),
        layers.MaxPooling1D(2),
        layers.Conv1D(64, 3, padding="same", activation="relu"),
        layers.Flatten(),
        layers.Dense(10),
    ]
)
loss_fn = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
optimizer = keras.optimizers.Adam(4e-3)
optimizer.build(model.trainable_variables)

for epoch in range(EPOCHS):
    order = torch.randperm(len(x_train))
    losses = []
    model.zero_grad()
    for step, start in enumerate(range(0, len(order), MICRO), start=1):
        rows = order[start : start + MICRO]
        loss = loss_fn(y_train[rows], model(x_train[rows], training=True))
        (loss / ACCUM).backward()
        losses.append(loss.item())
        if step % ACCUM == 0:
            grads = [v.value.grad for v in model.trainable_variables]
            with torch.no_grad():
                optimizer.apply(grads, model.trainable_variables)
            model.zero_grad()
    print(f"epoch {epoch + 1}: {np.mean(losses):.4f}")

accuracy = (model.predict(x_test, verbose=0).argmax(axis=-1) == y_test).mean()
print(f"final accuracy: {accuracy:.4f}")
