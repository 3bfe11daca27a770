import numpy as np
import torch
from sklearn.datasets import make_moons
from torch import autograd, nn

torch.manual_seed(3)
np.random.seed(3)


def real_batch(n):
    pts, _ = make_moons(n, noise=0.05)
    return torch.tensor(pts, dtype=torch.float32)


G = nn.Sequential(nn.Linear(4, 64), nn.ReLU(), nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 2))
D = nn.Sequential(nn.Linear(2, 64), nn.LeakyReLU(0.2), nn.Linear(64, 64), nn.LeakyReLU(0.2), nn.Linear(64, 1))
opt_g = torch.optim.Adam(G.parameters(), lr=5e-4, betas=(0.5, 0.9))
opt_d = torch.optim.Adam(D.parameters(), lr=1e-3, betas=(0.5, 0.9))
BATCH, CRITIC_STEPS, LAMBDA = 128, 4, 1.0


def gradient_penalty(real, fake):
    mix = torch.rand(len(real), 1)
    between = (mix * real + (1 - mix) * fake).requires_grad_(True)
    grad = autograd.grad(D(between).sum(), between, create_graph=True)[0]
    return ((grad.norm(dim=1) - 1) ** 2).mean()


for step in range(1, 501):
    for _ in range(CRITIC_STEPS):
        real = real_batch(BATCH)
        fake = G(torch.randn(BATCH, 4)).detach()
        d_loss = D(fake).mean() - D(real).mean() + LAMBDA * gradient_penalty(real, fake)
        opt_d.zero_grad()
        d_loss.backward()
        opt_d.step()
    g_loss = -D(G(torch.randn(BATCH, 4))).mean()
    opt_g.zero_grad()
    g_loss.backward()
    opt_g.step()
    if step % 100 == 0:
        print(f"step {step}: critic {d_loss.item():.3f} generator {g_loss.item():.3f}")

with torch.no_grad():
    made, target = G(torch.randn(1500, 4)), real_batch(1500)
    nearest = torch.cdist(made, target).min(1).values
    covered = torch.cdist(target, made).min(1).values
print(f"mean distance to the data {nearest.mean().item():.4f}")
print(f"final coverage: {(covered < 0.15).float().mean().item():.4f}")
