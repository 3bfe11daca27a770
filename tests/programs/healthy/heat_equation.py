"""A network solves a differential equation: its inputs want gradients, a full batch is used again and again, and L-BFGS steps."""

import torch
from torch import nn

torch.manual_seed(4)
net = nn.Sequential(nn.Linear(1, 24), nn.Tanh(), nn.Linear(24, 24), nn.Tanh(), nn.Linear(24, 1))
points = torch.linspace(0, 2, 60).reshape(-1, 1).requires_grad_()
start = torch.zeros(1, 1)
adam = torch.optim.Adam(net.parameters(), lr=5e-3)
lbfgs = torch.optim.LBFGS(net.parameters(), max_iter=20, line_search_fn="strong_wolfe")


def objective():
    value = net(points)
    slope = torch.autograd.grad(value.sum(), points, create_graph=True)[0]
    return (slope + 2 * value).pow(2).mean() + (net(start) - 1).pow(2).mean()


def closure():
    lbfgs.zero_grad()
    loss = objective()
    loss.backward()
    return loss


for _ in range(150):
    adam.zero_grad()
    loss = objective()
    loss.backward()
    adam.step()
for _ in range(5):
    lbfgs.step(closure)
with torch.no_grad():
    print(f"largest error {(net(points) - torch.exp(-2 * points)).abs().max():.4f}")
