"""Bone-age estimate, developed at clinic A (children) and tested at clinic B (mostly teenagers)."""

import numpy as np
import torch
import torch.nn as nn
from sklearn.metrics import r2_score
from sklearn.preprocessing import StandardScaler

rng = np.random.default_rng(17)
torch.manual_seed(17)


def clinic(n, low, high):
    age = rng.uniform(low, high, n)
    x = np.column_stack(
        [
            40 + 6.0 * age + rng.normal(0, 4, n),  # hand length in mm
            8 * np.log1p(age) + rng.normal(0, 0.8, n),  # ossification score
            0.9 / (1 + np.exp(-(age - 9) / 2.5)) + rng.normal(0, 0.04, n),  # growth-plate closure
            rng.normal(1.0, 0.1, n),  # exposure
        ]
    )
    return x, age


x_a, age_a = clinic(1500, 2, 17)
x_b, age_b = clinic(400, 10, 17)

scaler = StandardScaler()
x_a = scaler.fit_transform(x_a)
x_b = scaler.transform(x_b)

x_a, x_b = torch.tensor(x_a).float(), torch.tensor(x_b).float()
centre, width = age_a.mean(), age_a.std()
target = torch.tensor((age_a - centre) / width).float().view(-1, 1)

model = nn.Sequential(nn.Linear(4, 32), nn.ELU(), nn.Linear(32, 32), nn.ELU(), nn.Linear(32, 1))
opt = torch.optim.Adam(model.parameters(), lr=2e-3)
for epoch in range(30):
    for idx in torch.randperm(len(x_a)).split(64):
        loss = nn.functional.huber_loss(model(x_a[idx]), target[idx])
        opt.zero_grad()
        loss.backward()
        opt.step()
    if epoch % 6 == 5:
        print(f"epoch {epoch + 1}, loss {loss.item():.4f}")

with torch.no_grad():
    estimate = model(x_b).squeeze(1).numpy() * width + centre
print(f"mean age at clinic B {age_b.mean():.2f}, mean estimate {estimate.mean():.2f}")
print(f"final r2: {r2_score(age_b, estimate):.4f}")
