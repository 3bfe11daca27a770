import numpy as np
import torch
import torch.nn as nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(23)
rng = np.random.default_rng(23)

# delivery time in minutes with skewed noise that grows with the distance
n = 4000
km, load, rain = rng.uniform(0.5, 12, n), rng.uniform(0, 1, n), rng.integers(0, 2, n)
minutes = 8 + 3 * km + 10 * load * km / 6 + 4 * rain + rng.gamma(2.0, 0.8 + 0.5 * km, n)
x = np.column_stack([km, load, rain])
x = torch.tensor((x - x[:3000].mean(0)) / x[:3000].std(0), dtype=torch.float32)
unit = minutes[:3000].std()
y = torch.tensor((minutes - minutes[:3000].mean()) / unit, dtype=torch.float32)

LEVELS = torch.tensor([0.1, 0.5, 0.9])


class QuantileNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(3, 48), nn.ReLU(), nn.Linear(48, 48), nn.ReLU(), nn.Linear(48, 3))

    def forward(self, x):
        first, gaps = self.body(x).split([1, 2], dim=1)
        return first + torch.cat([torch.zeros_like(first), nn.functional.softplus(gaps).cumsum(1)], dim=1)


def pinball(q, y):
    diff = y.unsqueeze(1) - q  # (N, 1) - (N, 3)
    return torch.maximum(LEVELS * diff, (LEVELS - 1) * diff).sum(1).mean()


net = QuantileNet()
opt = torch.optim.Adam(net.parameters(), lr=1e-3)
for epoch in range(25):
    total = 0.0
    for xb, yb in DataLoader(TensorDataset(x[:3000], y[:3000]), batch_size=100, shuffle=True):
        loss = pinball(net(xb), yb)
        opt.zero_grad()
        loss.backward()
        opt.step()
        total += loss.item() / 30
    if epoch % 5 == 4:
        print(f"epoch {epoch + 1}: pinball {total:.4f}")

with torch.no_grad():
    q = net(x[3000:])
    share = (y[3000:, None] <= q).float().mean(0)
print("share below each quantile", [round(v, 3) for v in share.tolist()])
width = (q[:, 2] - q[:, 0]).mean().item() * unit
print(f"mean width of the 80 % interval {width:.1f} minutes")
print(f"final calibration error: {(share - LEVELS).abs().max().item():.4f}")
