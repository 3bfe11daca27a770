import numpy as np
import torch
from torch import nn

torch.manual_seed(70)
np.random.seed(70)

xy = np.random.uniform(-2, 2, (2400, 2))
height = np.sin(2 * xy[:, 0]) * np.cos(1.5 * xy[:, 1]) + 0.3 * xy[:, 0] + 0.05 * np.random.randn(2400)
x = torch.tensor(xy, dtype=torch.float32)
y = torch.tensor(height, dtype=torch.float32).reshape(-1, 1)

width, depth = 128, 5
layers = [nn.Linear(2, width), nn.Tanh()]
for _ in range(depth - 1):
    layers += [nn.Linear(width, width), nn.Tanh()]
layers.append(nn.Linear(width, 1))
net = nn.Sequential(*layers)


def init(m):
    if isinstance(m, nn.Linear):
        nn.init.xavier_normal_(m.weight)
        nn.init.zeros_(m.bias)


net.apply(init)
optimizer = torch.optim.Adam(net.parameters(), lr=1e-3)
for epoch in range(40):
    epoch_loss = 0.0
    for idx in torch.randperm(2000).split(100):
        loss = nn.functional.mse_loss(net(x[idx]), y[idx])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        epoch_loss += loss.item() / 20
    if epoch % 5 == 4:
        print(f"epoch {epoch + 1} loss {epoch_loss:.4f}")

with torch.no_grad():
    mse = nn.functional.mse_loss(net(x[2000:]), y[2000:])
print(f"final r2: {1 - (mse / y[2000:].var()).item():.4f}")
