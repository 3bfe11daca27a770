"""GAN on a ring of eight Gaussians. Saves nothing, prints coverage."""
import argparse
import math

import torch
from torch import nn


def ring(n, modes=8, radius=2.0, std=0.15):
    k = torch.randint(0, modes, (n,))
    a = 2 * math.pi * k / modes
    return radius * torch.stack([a.cos(), a.sin()], 1) + std * torch.randn(n, 2)


def coverage(x, modes=8, radius=2.0, std=0.15):
    a = 2 * math.pi * torch.arange(modes) / modes
    centres = radius * torch.stack([a.cos(), a.sin()], 1)
    d, k = torch.cdist(x, centres).min(1)
    near = d < 3 * std
    counts = torch.bincount(k[near], minlength=modes)
    return near.float().mean().item(), int((counts > 0.02 * len(x)).sum())


def mlp(i, o, h=96):
    return nn.Sequential(nn.Linear(i, h), nn.LeakyReLU(0.2), nn.Linear(h, h), nn.LeakyReLU(0.2), nn.Linear(h, o))


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("--steps", type=int, default=1400)
    ap.add_argument("--batch", type=int, default=128)
    ap.add_argument("--latent", type=int, default=8)
    ap.add_argument("--r1", type=float, default=0.02)
    args = ap.parse_args()
    torch.manual_seed(1)

    G, D = mlp(args.latent, 2), mlp(2, 1)
    opt_g = torch.optim.Adam(G.parameters(), lr=1e-3, betas=(0.5, 0.99))
    opt_d = torch.optim.Adam(D.parameters(), lr=1e-3, betas=(0.5, 0.99))
    G_avg = mlp(args.latent, 2)
    G_avg.load_state_dict(G.state_dict())
    softplus = nn.functional.softplus

    for step in range(1, args.steps + 1):
        # discriminator
        real = ring(args.batch).requires_grad_(True)
        fake = G(torch.randn(args.batch, args.latent)).detach()
        out_real, out_fake = D(real), D(fake)
        grad = torch.autograd.grad(out_real.sum(), real, create_graph=True)[0]
        penalty = grad.pow(2).sum(1).mean()
        loss_d = softplus(-out_real).mean() + softplus(out_fake).mean() + 0.5 * args.r1 * penalty
        opt_d.zero_grad()
        loss_d.backward()
        opt_d.step()

        # generator
        D.requires_grad_(False)
        loss_g = softplus(-D(G(torch.randn(args.batch, args.latent)))).mean()
        opt_g.zero_grad()
        loss_g.backward()
        opt_g.step()
        D.requires_grad_(True)

        with torch.no_grad():
            for p, q in zip(G_avg.parameters(), G.parameters()):
                p.lerp_(q, 0.01)

        if step % 200 == 0:
            with torch.no_grad():
                quality, modes = coverage(G_avg(torch.randn(2000, args.latent)))
            print(f"{step:5d} loss_d {loss_d.item():.3f} loss_g {loss_g.item():.3f} quality {quality:.3f} modes {modes}/8")


if __name__ == "__main__":
    main()
