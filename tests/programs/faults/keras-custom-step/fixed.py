import keras
import numpy as np
import torch
from keras import layers, ops

keras.utils.set_random_seed(30)
rng = np.random.default_rng(30)


class ContractiveRegressor(keras.Model):
    """Mean squared error plus a penalty on the slope with respect to the inputs, in a step of its own."""

    def __init__(self, penalty=2e-4):
        super().__init__()
        self.penalty = penalty
        self.hidden = [layers.Dense(48, activation="gelu"), layers.Dense(48, activation="gelu")]
        self.out = layers.Dense(1)
        self.loss_tracker = keras.metrics.Mean(name="loss")

    def call(self, x):
        for layer in self.hidden:
            x = layer(x)
        return self.out(x)

    def train_step(self, data):
        x, y = data
        x = x.detach().requires_grad_(True)
        self.zero_grad()
        prediction = self(x, training=True)
        slope = torch.autograd.grad(prediction.sum(), x, create_graph=True)[0]
        loss = ops.mean(ops.square(prediction[:, 0] - y)) + self.penalty * slope.square().sum(1).mean()
        loss.backward()
        gradients = [v.value.grad for v in self.trainable_weights]
        with torch.no_grad():
            self.optimizer.apply(gradients, self.trainable_weights)
        self.loss_tracker.update_state(loss.detach())
        return {"loss": self.loss_tracker.result()}

    @property
    def metrics(self):
        return [self.loss_tracker]


x = rng.uniform(-1, 1, (1500, 3)).astype("float32")
y = (np.sin(3 * x[:, 0]) + x[:, 1] * x[:, 2] + 0.05 * rng.standard_normal(1500)).astype("float32")
model = ContractiveRegressor()
model.compile(optimizer=keras.optimizers.Adam(1e-2))
model.fit(x[:1200], y[:1200], batch_size=50, epochs=20, verbose=2)

prediction = model.predict(x[1200:], verbose=0)[:, 0]
r2 = 1 - np.mean((prediction - y[1200:]) ** 2) / np.var(y[1200:])
print(f"final r2: {r2:.4f}")
