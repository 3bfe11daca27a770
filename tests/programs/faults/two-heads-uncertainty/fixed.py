import numpy as np
import torch
import torch.nn as nn
from sklearn.metrics import r2_score

rng = np.random.default_rng(15)
torch.manual_seed(15)

# batteries: state of health (regression, percent) and failure mode (3 classes) from cycling features
n = 2000
z = rng.normal(size=(n, 10))
latent = np.tanh(z @ rng.normal(size=(10, 4)) / 2)
health = 80 + 8 * latent[:, 0] + 5 * latent[:, 1] * latent[:, 2] + 0.8 * rng.normal(size=n)
mode = np.argmax(latent[:, 1:4] + 0.1 * rng.normal(size=(n, 3)), axis=1)
x = torch.tensor(z, dtype=torch.float32)
mean, std = health[:1500].mean(), health[:1500].std()
health_scaled = torch.tensor((health - mean) / std, dtype=torch.float32)
mode = torch.tensor(mode)


class TwoHeads(nn.Module):
    def __init__(self):
        super().__init__()
        self.trunk = nn.Sequential(nn.Linear(10, 64), nn.ReLU(), nn.Linear(64, 64), nn.ReLU())
        self.health = nn.Linear(64, 1)
        self.mode = nn.Linear(64, 3)
        self.log_var = nn.Parameter(torch.zeros(2))  # one uncertainty per task

    def forward(self, x):
        h = self.trunk(x)
        return self.health(h).squeeze(1), self.mode(h)


net = TwoHeads()
optimizer = torch.optim.Adam(net.parameters(), lr=2e-3)
for epoch in range(30):
    total = 0.0
    for idx in torch.randperm(1500).split(50):
        h, m = net(x[idx])
        tasks = torch.stack([nn.functional.mse_loss(h, health_scaled[idx]), nn.functional.cross_entropy(m, mode[idx])])
        factor = torch.tensor([0.5, 1.0])
        loss = (factor * torch.exp(-net.log_var) * tasks + 0.5 * net.log_var).sum()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        total += loss.item() / 30
    if epoch % 5 == 4:
        print(f"epoch {epoch + 1}: loss {total:.4f}, log variances {[round(v, 2) for v in net.log_var.tolist()]}")

with torch.no_grad():
    h, m = net(x[1500:])
acc = (m.argmax(1) == mode[1500:]).float().mean().item()
r2 = r2_score(health[1500:], h.numpy() * std + mean)
print(f"health r2 {r2:.4f}, mode accuracy {acc:.4f}")
print(f"final score: {(r2 + acc) / 2:.4f}")
