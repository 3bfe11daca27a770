import argparse

import torch
import torch.nn as nn
from sklearn.datasets import make_swiss_roll

parser = argparse.ArgumentParser()
parser.add_argument("--epochs", type=int, default=60)
parser.add_argument("--lr", type=float, default=3e-3)
parser.add_argument("--width", type=int, default=64)
args = parser.parse_args()

torch.manual_seed(11)
points, t = make_swiss_roll(1500, noise=0.1, random_state=11)
x = torch.tensor(points, dtype=torch.float32)
y = torch.tensor(t, dtype=torch.float32).unsqueeze(1)
x_mean, x_std = x[:1200].mean(0), x[:1200].std(0)
y_mean, y_std = y[:1200].mean(), y[:1200].std()
x, y = (x - x_mean) / x_std, (y - y_mean) / y_std

model = nn.Sequential(
    nn.Linear(3, args.width), nn.SiLU(), nn.Linear(args.width, args.width), nn.SiLU(), nn.Linear(args.width, 1)
)
params = [p for p in model.parameters() if p.requires_grad]
print("trainable parameters:", sum(p.numel() for p in params))
optimizer = torch.optim.Adam(params, lr=args.lr)
loss_fn = nn.MSELoss()

for epoch in range(args.epochs):
    perm = torch.randperm(1200)
    for i in range(0, 1200, 60):
        b = perm[i : i + 60]
        optimizer.zero_grad()
        loss = loss_fn(model(x[b]), y[b])
        loss.backward()
        optimizer.step()
    if (epoch + 1) % 10 == 0:
        print(f"epoch {epoch + 1}: mse {loss.item():.4f}")

with torch.no_grad():
    residual = (model(x[1200:]) - y[1200:]).pow(2).mean() / y[1200:].var()
print(f"final r2: {1 - residual.item():.4f}")
