"""Learn the inverse dynamics of a two-link arm: (q, dq, ddq) -> joint torques."""
from dataclasses import dataclass

import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset


@dataclass
class Arm:
    m1: float = 1.2
    m2: float = 0.9
    l1: float = 0.6
    l2: float = 0.5
    g: float = 9.81

    def torque(self, q, dq, ddq):
        c2, s2 = np.cos(q[:, 1]), np.sin(q[:, 1])
        m11 = (self.m1 + self.m2) * self.l1**2 + self.m2 * self.l2**2 + 2 * self.m2 * self.l1 * self.l2 * c2
        m12 = self.m2 * self.l2**2 + self.m2 * self.l1 * self.l2 * c2
        m22 = self.m2 * self.l2**2
        h = self.m2 * self.l1 * self.l2 * s2
        g2 = self.m2 * self.g * self.l2 * np.cos(q[:, 0] + q[:, 1])
        g1 = (self.m1 + self.m2) * self.g * self.l1 * np.cos(q[:, 0]) + g2
        t1 = m11 * ddq[:, 0] + m12 * ddq[:, 1] - h * (2 * dq[:, 0] * dq[:, 1] + dq[:, 1] ** 2) + g1
        t2 = m12 * ddq[:, 0] + m22 * ddq[:, 1] + h * dq[:, 0] ** 2 + g2
        return np.stack([t1, t2], 1)


def dataset(n, rng):
    q = rng.uniform(-np.pi, np.pi, (n, 2))
    dq = rng.normal(0, 1.5, (n, 2))
    ddq = rng.normal(0, 3.0, (n, 2))
    tau = Arm().torque(q, dq, ddq) + rng.normal(0, 0.1, (n, 2))
    return np.hstack([q, dq, ddq]), tau


class Scaler:
    def __init__(self, a):
        self.mu, self.sd = a.mean(0), a.std(0)

    def __call__(self, a):
        return torch.tensor((a - self.mu) / self.sd, dtype=torch.float32)


def make_model(width=96):
    return nn.Sequential(
        nn.Linear(6, width),
        nn.SiLU(),
        nn.Linear(width, width),
        nn.SiLU(),
        nn.Linear(width, 2),
    )


def r2(pred, y):
    ss_res = ((y - pred) ** 2).sum(0)
    ss_tot = ((y - y.mean(0)) ** 2).sum(0)
    return (1 - ss_res / ss_tot).mean().item()


def main():
    torch.manual_seed(0)
    rng = np.random.default_rng(0)
    (xa, ya), (xv, yv), (xt, yt) = dataset(4000, rng), dataset(800, rng), dataset(1000, rng)
    sx, sy = Scaler(xa), Scaler(ya)
    loader = DataLoader(TensorDataset(sx(xa), sy(ya)), batch_size=64, shuffle=True)
    xv, yv, xt, yt = sx(xv), sy(yv), sx(xt), sy(yt)

    model = make_model()
    n_par = sum(p.numel() for p in model.parameters())
    print(f"model with {n_par} parameters")
    optim = torch.optim.Adam(model.parameters(), lr=3e-3)
    plateau = torch.optim.lr_scheduler.ReduceLROnPlateau(optim, factor=0.5, patience=3)
    for epoch in range(40):
        model.train()
        acc = 0.0
        for x, y in loader:
            loss = nn.functional.mse_loss(model(x), y)
            optim.zero_grad()
            loss.backward()
            optim.step()
            acc += loss.item() * len(x)
        model.eval()
        with torch.no_grad():
            val = nn.functional.mse_loss(model(xv), yv).item()
        plateau.step(val)
        if epoch % 4 == 3:
            print(f"{epoch + 1:3d}: train {acc / 4000:.4f} val {val:.4f} lr {optim.param_groups[0]['lr']:.1e}")
    with torch.no_grad():
        print(f"test R2 {r2(model(xt), yt):.4f}")


if __name__ == "__main__":
    main()
