import numpy as np
import torch
import torch.nn as nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(21)
rng = np.random.default_rng(21)
x = np.sort(rng.uniform(-3, 3, 700))
x = x[(x < 0.5) | (x > 1.2)]  # a gap in the data
rng.shuffle(x)
y = np.sin(2 * x) + 0.3 * x + 0.1 * rng.standard_normal(len(x))
x = torch.tensor(x, dtype=torch.float32).unsqueeze(1)
y = torch.tensor(y, dtype=torch.float32).unsqueeze(1)
x_train, y_train, x_test, y_test = x[:500], y[:500], x[500:], y[500:]

net = nn.Sequential(
    nn.Linear(1, 128), nn.ReLU(), nn.Dropout(0.05), nn.Linear(128, 128), nn.ReLU(), nn.Dropout(0.05), nn.Linear(128, 1)
)
optimizer = torch.optim.Adam(net.parameters(), lr=3e-3, weight_decay=1e-5)
for epoch in range(80):
    net.train()
    for xb, yb in DataLoader(TensorDataset(x_train, y_train), batch_size=50, shuffle=True):
        loss = nn.functional.mse_loss(net(xb), yb)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    if epoch % 20 == 19:
        print(f"epoch {epoch + 1}: {loss.item():.4f}")


@torch.no_grad()
def posterior_samples(x, n=100):
    """Dropout stays on, so each pass is a draw from the approximate posterior."""
    net.eval()
    for m in net.modules():
        if isinstance(m, nn.Dropout):
            m.train()
    return torch.stack([net(x) for _ in range(n)])


draws = posterior_samples(x_test)
mean, spread = draws.mean(0), draws.std(0)
r2 = 1 - (mean - y_test).square().mean() / y_test.var()
gap = posterior_samples(torch.linspace(0.6, 1.1, 20).unsqueeze(1)).std(0).mean()
print(f"spread on the data {spread.mean().item():.4f}, in the gap {gap.item():.4f}")
print(f"final r2: {r2.item():.4f}")
