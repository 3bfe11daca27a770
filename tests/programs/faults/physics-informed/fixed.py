"""Solve u'' + 2 d u' + w^2 u = 0, u(0) = 1, u'(0) = 0 with a network, and find d from a few noisy measurements."""

import torch
from torch import nn

torch.manual_seed(20)
W, TRUE_D = 4.0, 0.5


def exact(t):
    omega = (W**2 - TRUE_D**2) ** 0.5
    return torch.exp(-TRUE_D * t) * (torch.cos(omega * t) + TRUE_D / omega * torch.sin(omega * t))


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(1, 32), nn.Tanh(), nn.Linear(32, 32), nn.Tanh(), nn.Linear(32, 1))
        self.damping = nn.Parameter(torch.tensor(0.1))

    def forward(self, t):
        return self.body(2 * t - 2)


def derivative(f, t):
    return torch.autograd.grad(f, t, torch.ones_like(f), create_graph=True)[0]


net = Net()
optimizer = torch.optim.Adam(net.parameters(), lr=4e-3)
scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, 1800)
t_data = torch.linspace(0, 2, 12).unsqueeze(1)
u_data = exact(t_data) + 0.01 * torch.randn(12, 1)
for it in range(1, 1801):
    t = (2 * torch.rand(64, 1)).requires_grad_(True)
    u = net(t)
    du = derivative(u, t)
    d2u = derivative(du, t)
    physics = (d2u + 2 * net.damping * du + W**2 * u).square().mean()
    t0 = torch.zeros(1, 1, requires_grad=True)
    u0 = net(t0)
    start = (u0 - 1).square().sum() + 0.1 * derivative(u0, t0).square().sum()
    data = (net(t_data) - u_data).square().mean()
    loss = 1e-3 * physics + start + data
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    scheduler.step()
    if it % 300 == 0:
        print(f"{it}: physics {physics.item():.5f} start {start.item():.6f} data {data.item():.6f} d {net.damping.item():.3f}")

t_test = torch.linspace(0, 2, 200).unsqueeze(1)
with torch.no_grad():
    truth = exact(t_test)
    error = (net(t_test) - truth).square().mean()
print(f"damping {net.damping.item():.4f} (true {TRUE_D})")
print(f"final r2: {1 - (error / truth.var()).item():.5f}")
