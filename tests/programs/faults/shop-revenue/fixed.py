import numpy as np
import pandas as pd
import torch
import torch.nn as nn

torch.manual_seed(1)
rng = np.random.default_rng(1)

n = 2000
shops = pd.DataFrame(
    {
        "revenue": rng.lognormal(11.0, 0.6, n),
        "employees": rng.poisson(7, n) + 1,
        "floor_area": rng.gamma(4.0, 40.0, n),
        "years_open": rng.integers(0, 40, n),
    }
)
per_head = shops["revenue"] / shops["employees"] / 9000
z = 1.4 * np.log(per_head) - 0.006 * (shops["floor_area"] - 160) + 0.07 * (shops["years_open"] - 18)
shops["survives"] = (z + rng.logistic(0, 0.25, n) > 0).astype("int64")

features = ["revenue", "employees", "floor_area", "years_open"]
table = shops[features].astype(np.float32)  # smaller than float64

values = torch.from_numpy(table.to_numpy()).float()
target = torch.from_numpy(shops["survives"].to_numpy()).float()
train, test = torch.arange(0, 1500), torch.arange(1500, n)
center, scale = values[train].mean(0), values[train].std(0)
values = (values - center) / scale

net = nn.Sequential(nn.Linear(4, 32), nn.ReLU(), nn.Linear(32, 32), nn.ReLU(), nn.Linear(32, 1))
bce = nn.BCEWithLogitsLoss()
opt = torch.optim.Adam(net.parameters(), lr=2e-3)
for epoch in range(25):
    for idx in train[torch.randperm(len(train))].split(50):
        opt.zero_grad()
        loss = bce(net(values[idx]).squeeze(1), target[idx])
        loss.backward()
        opt.step()
    if epoch % 5 == 4:
        print(f"epoch {epoch + 1}: loss {loss.item():.4f}")

with torch.no_grad():
    guess = (net(values[test]).squeeze(1) > 0).float()
print("share of survivors", target.mean().item())
print(f"final accuracy: {(guess == target[test]).float().mean().item():.4f}")
