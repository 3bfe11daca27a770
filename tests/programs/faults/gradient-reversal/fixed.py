import math

import torch
import torch.nn as nn
import torch.nn.functional as F

torch.manual_seed(14)


class Reverse(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, strength):
        ctx.strength = strength
        return x.view_as(x)

    @staticmethod
    def backward(ctx, grad):
        return -ctx.strength * grad, None


def domain(n, shifted):
    """Two classes; in the second domain four sensors drift and the class there also shows in a reliable set."""
    y = torch.randint(0, 2, (n,))
    reliable = (2.0 * y - 1)[:, None] * 0.9 + torch.randn(n, 4)
    drift = (2.0 * y - 1)[:, None] * 1.2 + torch.randn(n, 4)
    if shifted:
        drift = torch.randn(n, 4) + 2.5
    return torch.cat([reliable, drift], 1), y


xs, ys = domain(1500, False)
xt, _ = domain(1500, True)  # no labels from the second domain
xt_test, yt_test = domain(1000, True)

features = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 16), nn.ReLU())
label_head = nn.Linear(16, 2)
domain_head = nn.Sequential(nn.Linear(16, 32), nn.ReLU(), nn.Linear(32, 2))
modules = nn.ModuleList([features, label_head, domain_head])
optimizer = torch.optim.Adam(modules.parameters(), lr=1e-3)

EPOCHS = 25
for epoch in range(EPOCHS):
    strength = 2 / (1 + math.exp(-10 * epoch / EPOCHS)) - 1
    sums = torch.zeros(2)
    for i, j in zip(torch.randperm(1500).split(50), torch.randperm(1500).split(50), strict=True):
        hs, ht = features(xs[i]), features(xt[j])
        label_loss = F.cross_entropy(label_head(hs), ys[i])
        origin = torch.cat([torch.zeros(50), torch.ones(50)]).long()
        domain_loss = F.cross_entropy(domain_head(Reverse.apply(torch.cat([hs, ht]), strength)), origin)
        optimizer.zero_grad()
        (label_loss + domain_loss).backward()
        optimizer.step()
        sums += torch.tensor([label_loss.item(), domain_loss.item()]) / 30
    if epoch % 5 == 4:
        print(f"epoch {epoch + 1}: label {sums[0]:.4f} domain {sums[1]:.4f} strength {strength:.2f}")

modules.eval()
with torch.no_grad():
    acc = (label_head(features(xt_test)).argmax(1) == yt_test).float().mean().item()
print(f"final accuracy: {acc:.4f}")
