import copy

import torch
import torch.nn as nn
from sklearn.datasets import make_moons
from sklearn.preprocessing import StandardScaler
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(16)
pts, label = make_moons(2000, noise=0.2, random_state=16)
scaler = StandardScaler().fit(pts[:1200])
x = torch.tensor(scaler.transform(pts), dtype=torch.float32)
y = torch.tensor(label, dtype=torch.float32)


class EMA:
    """Keeps a running average of a model's weights and buffers; the average is the one that is used."""

    def __init__(self, model, decay=0.99):
        self.model, self.decay = copy.deepcopy(model).eval(), decay
        for p in self.model.parameters():
            p.requires_grad_(False)

    @torch.no_grad()
    def update(self, source):
        for mine, theirs in zip(self.model.state_dict().values(), source.state_dict().values(), strict=True):
            if mine.dtype.is_floating_point:
                mine.lerp_(theirs, 1 - self.decay)
            else:
                mine.copy_(theirs)

    def __call__(self, x):
        return self.model(x)


net = nn.Sequential(nn.Linear(2, 64), nn.BatchNorm1d(64), nn.ReLU(), nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 1))
ema = EMA(net)
optimizer = torch.optim.SGD(net.parameters(), lr=0.1, momentum=0.9)
criterion = nn.BCEWithLogitsLoss()
loader = DataLoader(TensorDataset(x[:1200], y[:1200]), batch_size=32, shuffle=True)

for epoch in range(20):
    net.train()
    total = 0.0
    for xb, yb in loader:
        optimizer.zero_grad()
        loss = criterion(net(xb).squeeze(1), yb)
        loss.backward()
        optimizer.step()
        ema.update(net)
        total += loss.item()
    if epoch % 4 == 3:
        print(f"epoch {epoch + 1}: loss {total / len(loader):.4f}")

with torch.no_grad():
    acc = ((ema(x[1200:]).squeeze(1) > 0) == y[1200:].bool()).float().mean().item()
print(f"final accuracy: {acc:.4f}")
