import torch
import torch.nn as nn
import torch.nn.functional as F

torch.manual_seed(15)
N_ITEMS = 8


class Ranker(nn.Module):
    """For a set of numbers: a score for every (item, rank) pair."""

    def __init__(self, dim=48):
        super().__init__()
        self.embed = nn.Sequential(nn.Linear(1, dim), nn.ReLU(), nn.Linear(dim, dim))
        self.encoder = nn.ModuleList(
            nn.TransformerEncoderLayer(dim, 4, 96, dropout=0.0, batch_first=True, norm_first=True) for _ in range(2)
        )
        self.out = nn.Linear(dim, N_ITEMS)

    def forward(self, values):  # (batch, items)
        h = self.embed(values.unsqueeze(-1))
        for layer in self.encoder:
            h = layer(h)
        return self.out(h)  # (batch, items, ranks)


def batch(n=64):
    values = torch.randn(n, N_ITEMS)
    ranks = values.argsort(dim=1).argsort(dim=1)
    return values, ranks


model = Ranker()
optimizer = torch.optim.Adam(model.parameters(), lr=2e-3)
for step in range(1, 401):
    values, ranks = batch()
    scores = model(values)
    loss = F.cross_entropy(scores.flatten(0, 1), ranks.flatten())
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if step % 50 == 0:
        print(f"step {step}: loss {loss.item():.4f}")

values, ranks = batch(500)
with torch.no_grad():
    predicted = model(values).argmax(dim=1)
print(f"final accuracy: {(predicted == ranks).float().mean().item():.4f}")
