"""Tell household appliances apart from one minute of power draw."""

import numpy as np
import torch
from torch import nn

APPLIANCES = ["fridge", "kettle", "washer", "tv", "heater"]
T = 60


def trace(kind, rng):
    t = np.arange(T)
    on = rng.integers(3, 20)
    p = np.zeros(T)
    if kind == "fridge":
        p[on:] = 0.9 * np.exp(-(t[on:] - on) / 4.0) + 0.35
    elif kind == "kettle":
        p[on : on + rng.integers(18, 34)] = 1.0
    elif kind == "washer":
        period = rng.uniform(7, 11)
        p[on:] = 0.5 + 0.4 * np.sign(np.sin(2 * np.pi * (t[on:] - on) / period))
    elif kind == "tv":
        p[on:] = 0.35 + 0.05 * np.cumsum(rng.normal(0, 0.4, T - on))
    else:
        period = rng.uniform(14, 20)
        p[on:] = 0.5 + 0.4 * np.sign(np.sin(2 * np.pi * (t[on:] - on) / period))
    return p * rng.uniform(0.8, 1.2) + rng.normal(0, 0.08, T)


class Recogniser(nn.Module):
    def __init__(self, hidden=32):
        super().__init__()
        self.lstm = nn.LSTM(1, hidden, batch_first=True, bidirectional=True)
        self.head = nn.Linear(2 * hidden, len(APPLIANCES))

    def forward(self, x):
        out, _ = self.lstm(x)
        return self.head(out.mean(dim=1))


rng = np.random.default_rng(8)
torch.manual_seed(8)
labels = rng.integers(0, len(APPLIANCES), 1200)
signals = np.stack([trace(APPLIANCES[k], rng) for k in labels])
signals = (signals - signals[:900].mean()) / signals[:900].std()
x = torch.tensor(signals, dtype=torch.float32).unsqueeze(-1)
y = torch.tensor(labels)

model = Recogniser()
optim = torch.optim.RMSprop(model.parameters(), lr=0.003)
loss_fn = nn.CrossEntropyLoss()

for epoch in range(12):
    model.train()
    losses = []
    for idx in torch.randperm(900).split(30):
        optim.zero_grad()
        loss = loss_fn(model(x[idx]), y[idx])
        loss.backward()
        optim.step()
        losses.append(loss.item())
    print(f"epoch {epoch + 1} loss {np.mean(losses):.3f}")

model.eval()
with torch.no_grad():
    pred = model(x[900:]).argmax(1)
for k, name in enumerate(APPLIANCES):
    mine = y[900:] == k
    print(f"{name:8s} recall {(pred[mine] == k).float().mean().item():.2f}")
print(f"final accuracy: {(pred == y[900:]).float().mean().item():.4f}")
