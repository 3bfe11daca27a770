"""Identify damping and stiffness of an oscillator from a noisy trace with a physics-informed network."""
import numpy as np
import torch
import torch.nn as nn

torch.manual_seed(3)
rng = np.random.default_rng(3)

C_TRUE, K_TRUE = 0.6, 9.0


def exact(t):
    w = np.sqrt(K_TRUE - (C_TRUE / 2) ** 2)
    return np.exp(-C_TRUE * t / 2) * (np.cos(w * t) + C_TRUE / (2 * w) * np.sin(w * t))


class Net(nn.Module):
    def __init__(self, width=32, t_max=4.0):
        super().__init__()
        self.t_max = t_max
        self.layers = nn.Sequential(
            nn.Linear(1, width), nn.Tanh(),
            nn.Linear(width, width), nn.Tanh(),
            nn.Linear(width, width), nn.Tanh(),
            nn.Linear(width, 1),
        )

    def forward(self, t):
        return self.layers(2 * t / self.t_max - 1)


class Physics(nn.Module):
    """c and k of  x'' + c x' + k x = 0, both kept positive through softplus."""

    def __init__(self):
        super().__init__()
        self.raw_c = nn.Parameter(torch.tensor(0.5))
        self.raw_k = nn.Parameter(torch.tensor(3.0))

    def values(self):
        return nn.functional.softplus(self.raw_c), nn.functional.softplus(self.raw_k)

    def residual(self, net, t):
        t = t.requires_grad_(True)
        x = net(t)
        v = torch.autograd.grad(x.sum(), t, create_graph=True)[0]
        a = torch.autograd.grad(v.sum(), t, create_graph=True)[0]
        c, k = self.values()
        return a + c * v + k * x


t_obs = np.sort(rng.uniform(0, 4, 60))
x_obs = exact(t_obs) + rng.normal(0, 0.02, 60)
t_obs = torch.tensor(t_obs, dtype=torch.float32).unsqueeze(1)
x_obs = torch.tensor(x_obs, dtype=torch.float32).unsqueeze(1)
t_test = torch.linspace(0, 4, 200).unsqueeze(1)
x_test = torch.tensor(exact(t_test.numpy()), dtype=torch.float32)

net, physics = Net(), Physics()
optimizer = torch.optim.Adam(
    [
        {"params": net.parameters(), "lr": 3e-3},
        {"params": physics.parameters(), "lr": 2e-2},
    ]
)
STEPS = 2000
scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, STEPS)

for step in range(1, STEPS + 1):
    t_col = torch.rand(100, 1) * 4.0
    data_loss = nn.functional.mse_loss(net(t_obs), x_obs)
    phys_loss = physics.residual(net, t_col).pow(2).mean()
    loss = data_loss + 0.02 * phys_loss
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    scheduler.step()
    if step % 250 == 0:
        c, k = (p.item() for p in physics.values())
        print(f"step {step:5d} data {data_loss.item():.6f} physics {phys_loss.item():.5f} c {c:.3f} k {k:.3f}")

with torch.no_grad():
    rmse = (net(t_test) - x_test).pow(2).mean().sqrt().item()
c, k = (p.item() for p in physics.values())
err = 0.5 * (abs(c - C_TRUE) / C_TRUE + abs(k - K_TRUE) / K_TRUE)
print(f"trace rmse {rmse:.4f}")
print(f"estimated c {c:.3f} (true {C_TRUE}), k {k:.3f} (true {K_TRUE}), mean relative error {err:.4f}")
