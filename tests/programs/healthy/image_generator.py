"""A GAN with batch norm: samples are drawn in train mode, the generator's step goes through a discriminator that it does not train."""

import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(5)


def real(n):
    angle = 6.2832 * torch.rand(n)
    return torch.stack([angle.cos(), angle.sin()], 1) + 0.05 * torch.randn(n, 2)


def weights(module):
    if isinstance(module, nn.Linear):
        nn.init.normal_(module.weight, 0.0, 0.2)
        nn.init.zeros_(module.bias)


generator = nn.Sequential(nn.Linear(8, 32), nn.BatchNorm1d(32), nn.ReLU(), nn.Linear(32, 2)).apply(weights)
critic = nn.Sequential(nn.Linear(2, 32), nn.LeakyReLU(0.2), nn.Linear(32, 1)).apply(weights)
for_critic = torch.optim.Adam(critic.parameters(), lr=2e-3, betas=(0.5, 0.999))
for_generator = torch.optim.Adam(generator.parameters(), lr=2e-3, betas=(0.5, 0.999))
fixed = torch.randn(64, 8)
for step in range(300):
    critic.zero_grad()
    fake = generator(torch.randn(64, 8))
    loss = F.binary_cross_entropy_with_logits(critic(real(64)), torch.ones(64, 1))
    loss = loss + F.binary_cross_entropy_with_logits(critic(fake.detach()), torch.zeros(64, 1))
    loss.backward()
    for_critic.step()
    generator.zero_grad()
    F.binary_cross_entropy_with_logits(critic(fake), torch.ones(64, 1)).backward()
    for_generator.step()
    if step % 100 == 99:
        with torch.no_grad():
            print(f"step {step + 1} mean radius {generator(fixed).norm(dim=1).mean():.3f}")
