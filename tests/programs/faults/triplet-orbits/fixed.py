import torch
import torch.nn as nn
import torch.nn.functional as F

torch.manual_seed(29)
N_KINDS = 8
spectra = torch.rand(N_KINDS, 32)


def measure(kind):
    """A spectrum with unknown gain and a smooth background."""
    n = len(kind)
    ramp = torch.linspace(-1, 1, 32)
    background = torch.randn(n, 1) * ramp + torch.randn(n, 1) * ramp**2
    return spectra[kind] * torch.empty(n, 1).uniform_(0.5, 2.0) + 0.5 * background + 0.05 * torch.randn(n, 32)


class Embed(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(32, 64), nn.ReLU(), nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 8))

    def forward(self, x):
        return F.normalize(self.net(x), dim=-1)


embed = Embed()
criterion = nn.TripletMarginLoss(margin=0.4)
optimizer = torch.optim.Adam(embed.parameters(), lr=1e-3)
smooth = None
for step in range(1, 801):
    kind = torch.randint(0, N_KINDS, (96,))
    other = (kind + torch.randint(1, N_KINDS, (96,))) % N_KINDS
    loss = criterion(embed(measure(kind)), embed(measure(kind)), embed(measure(other)))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    smooth = loss.item() if smooth is None else 0.95 * smooth + 0.05 * loss.item()
    if step % 100 == 0:
        print(f"step {step}: triplet loss {smooth:.4f}")

with torch.no_grad():
    gallery_kind = torch.arange(N_KINDS).repeat_interleave(5)
    query_kind = torch.randint(0, N_KINDS, (500,))
    distance = torch.cdist(embed(measure(query_kind)), embed(measure(gallery_kind)))
found = gallery_kind[distance.argmin(1)]
print(f"final retrieval accuracy: {(found == query_kind).float().mean().item():.4f}")
