"""Curriculum: an encoder learns on easy pairs first, then encoder and decoder are trained with two optimizers."""

import torch
from torch import nn

torch.manual_seed(28)
BASE = 10


def pairs(n, digits):
    a, b = torch.randint(0, BASE**digits, (2, n))
    return torch.stack([a, b], 1), a + b


def one_hot_digits(numbers, width=2):
    powers = BASE ** torch.arange(width)
    return nn.functional.one_hot((numbers.unsqueeze(-1) // powers) % BASE, BASE).flatten(1).float()


encoder = nn.Sequential(nn.Linear(40, 96), nn.ReLU(), nn.Linear(96, 24))
decoder = nn.Sequential(nn.Linear(24, 96), nn.ReLU(), nn.Linear(96, 1))
slow = torch.optim.SGD(encoder.parameters(), lr=0.01, momentum=0.9)
fast = torch.optim.Adam(decoder.parameters(), lr=3e-3)

for stage, (digits, steps) in enumerate([(1, 300), (2, 1200)], start=1):
    for group in slow.param_groups:
        group["lr"] = 0.01 if stage == 1 else 0.02
    for step in range(1, steps + 1):
        x, total = pairs(64, digits)
        out = decoder(encoder(one_hot_digits(x))).squeeze(1)
        loss = nn.functional.mse_loss(out, total / 100)
        slow.zero_grad()
        fast.zero_grad()
        loss.backward()
        slow.step()
        if stage == 1 or step % 2 == 0:  # in the second stage the decoder moves every other step
            fast.step()
        if step % (steps // 3) == 0:
            print(f"stage {stage} step {step}: mse {loss.item():.6f}")

x, total = pairs(2000, 2)
with torch.no_grad():
    guess = decoder(encoder(one_hot_digits(x))).squeeze(1) * 100
r2 = 1 - (guess - total).square().mean() / total.float().var()
print(f"final r2: {r2.item():.5f}")
