import argparse
import math

import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset


def spirals(n, rng):
    t = np.sqrt(rng.uniform(0.02, 1.0, n)) * 3 * np.pi
    sign = rng.choice([-1.0, 1.0], n)
    pts = np.stack([sign * t * np.cos(t), sign * t * np.sin(t)], 1) / 4.0
    return (pts + 0.08 * rng.standard_normal((n, 2))).astype("float32")


class Coupling(nn.Module):
    """Affine coupling; half of the coordinates conditions the other half."""

    def __init__(self, flip, width):
        super().__init__()
        self.flip = flip
        self.net = nn.Sequential(
            nn.Linear(1, width), nn.SiLU(), nn.Linear(width, width), nn.SiLU(), nn.Linear(width, 2)
        )
        nn.init.zeros_(self.net[-1].weight)
        nn.init.zeros_(self.net[-1].bias)

    def split(self, x):
        a, b = x[:, :1], x[:, 1:]
        return (b, a) if self.flip else (a, b)

    def merge(self, a, b):
        return torch.cat([b, a] if self.flip else [a, b], 1)

    def params(self, a):
        s, t = self.net(a).chunk(2, 1)
        return 1.5 * torch.tanh(s), t

    def forward(self, x):
        a, b = self.split(x)
        s, t = self.params(a)
        z = (b - t) * torch.exp(-s)
        return self.merge(a, z), -s.sum(1)

    def inverse(self, z):
        a, b = self.split(z)
        s, t = self.params(a)
        return self.merge(a, b * torch.exp(s) + t)


class Flow(nn.Module):
    def __init__(self, depth, width):
        super().__init__()
        self.layers = nn.ModuleList(Coupling(i % 2 == 1, width) for i in range(depth))

    def log_prob(self, x):
        total = torch.zeros(len(x))
        for layer in self.layers:
            x, ld = layer(x)
            total = total + ld
        base = -0.5 * (x**2).sum(1) - math.log(2 * math.pi)
        return base + total

    @torch.no_grad()
    def sample(self, n):
        z = torch.randn(n, 2)
        for layer in reversed(self.layers):
            z = layer.inverse(z)
        return z


def energy_distance(a, b):
    return (2 * torch.cdist(a, b).mean() - torch.cdist(a, a).mean() - torch.cdist(b, b).mean()).item()


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--epochs", type=int, default=30)
    p.add_argument("--lr", type=float, default=2e-3)
    p.add_argument("--depth", type=int, default=8)
    p.add_argument("--width", type=int, default=48)
    args = p.parse_args()

    torch.manual_seed(0)
    rng = np.random.default_rng(0)
    train, test = spirals(4000, rng), spirals(1000, rng)
    mu, sd = train.mean(0), train.std(0)
    train, test = torch.from_numpy((train - mu) / sd), torch.from_numpy((test - mu) / sd)
    loader = DataLoader(TensorDataset(train), batch_size=128, shuffle=True)

    flow = Flow(args.depth, args.width)
    opt = torch.optim.Adam(flow.parameters(), lr=args.lr)
    sched = torch.optim.lr_scheduler.CosineAnnealingLR(opt, args.epochs)
    for epoch in range(args.epochs):
        flow.train()
        tot = 0.0
        for (x,) in loader:
            loss = -flow.log_prob(x).mean()
            opt.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(flow.parameters(), 5.0)
            opt.step()
            tot += loss.item() * len(x)
        sched.step()
        if epoch % 5 == 4:
            flow.eval()
            with torch.no_grad():
                nll = -flow.log_prob(test).mean().item()
            print(f"epoch {epoch + 1:3d}  train nll {tot / len(train):.4f}  test nll {nll:.4f}")
    flow.eval()
    print("energy distance between samples and test points: %.4f" % energy_distance(flow.sample(1000), test))


if __name__ == "__main__":
    main()
