import resource

import torch
import torch.nn as nn
import torch.nn.functional as F

torch.manual_seed(22)


def fields(n, size=40):
    """Smooth random fields and their noisy measurements."""
    coarse = torch.randn(n, 1, 6, 6)
    clean = F.interpolate(coarse, size=(size, size), mode="bicubic", align_corners=True)
    return clean + 0.7 * torch.randn_like(clean), clean


class Smoother(nn.Module):
    def __init__(self, width=12):
        super().__init__()
        self.c1 = nn.Conv2d(1, width, 5, padding=2)
        self.c2 = nn.Conv2d(width, width, 5, padding=2)
        self.c3 = nn.Conv2d(width, 1, 5, padding=2)

    def forward(self, x):
        h = F.relu(self.c1(x))
        h = F.relu(self.c2(h))
        return x + self.c3(h)


model = Smoother()
optimizer = torch.optim.Adam(model.parameters(), lr=2e-3)
history = []
for step in range(150):
    noisy, clean = fields(16)
    loss = F.mse_loss(model(noisy), clean)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    history.append(loss.item())
    if (step + 1) % 25 == 0:
        recent = sum(float(v) for v in history[-25:]) / 25
        mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(f"step {step + 1}: loss {recent:.4f}, peak memory {mb:.0f} MB")

noisy, clean = fields(64)
with torch.no_grad():
    print(f"noise before {F.mse_loss(noisy, clean).item():.4f}, after {F.mse_loss(model(noisy), clean).item():.4f}")
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(f"final peak memory: {peak:.0f}")
