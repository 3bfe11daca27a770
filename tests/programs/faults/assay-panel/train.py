import numpy as np
import torch
import torch.nn as nn

torch.manual_seed(28)
rng = np.random.default_rng(28)

# 2400 molecules, 30 descriptors, activity (pIC50) in 6 assays; every molecule was measured in some of them only
N, D, A = 2400, 30, 6
descriptors = rng.standard_normal((N, D)).astype(np.float32)
shared = np.tanh(descriptors @ rng.standard_normal((D, 8)) / 3)
activity = 6.0 + 1.2 * (shared @ rng.standard_normal((8, A))) / 2 + 0.15 * rng.standard_normal((N, A))
measured = rng.random((N, A)) < 0.5
table = np.where(measured, activity, np.nan)  # as it comes from the database

x = torch.tensor(descriptors)
y = torch.tensor(np.nan_to_num(table, nan=0.0), dtype=torch.float32)
mask = torch.tensor(~np.isnan(table))
truth = torch.tensor(activity, dtype=torch.float32)
train, test = torch.arange(1800), torch.arange(1800, N)

net = nn.Sequential(nn.Linear(D, 64), nn.ReLU(), nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, A))
with torch.no_grad():
    net[-1].bias.fill_(6.0)
opt = torch.optim.Adam(net.parameters(), lr=2e-3)


def panel_loss(prediction, target, known):
    squared = (prediction - target) ** 2
    return squared.mean()


for epoch in range(1, 41):
    total = 0.0
    for idx in train[torch.randperm(1800)].split(45):
        loss = panel_loss(net(x[idx]), y[idx], mask[idx])
        opt.zero_grad()
        loss.backward()
        opt.step()
        total += loss.item() / 40
    if epoch % 10 == 0:
        print(f"epoch {epoch}: {total:.4f}")

with torch.no_grad():
    residual = (net(x[test]) - truth[test]).pow(2).mean(0)
r2 = 1 - residual / truth[test].var(0)
print("per assay", [round(v, 3) for v in r2.tolist()])
print(f"final r2: {r2.mean().item():.4f}")
