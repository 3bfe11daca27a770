"""Place 80 cities on a map from travel times between pairs of them."""

import torch
from torch import nn

torch.manual_seed(80)
N_CITIES = 80
true_map = torch.randn(N_CITIES, 2)
first, second = torch.triu_indices(N_CITIES, N_CITIES, offset=1)
hours = (true_map[first] - true_map[second]).norm(dim=1) + 0.5
hours = hours * (1 + 0.02 * torch.randn_like(hours))
shuffled = torch.randperm(len(hours))
train, test = shuffled[:2400], shuffled[2400:]


class Map(nn.Module):
    def __init__(self, dim=3):
        super().__init__()
        self.place = nn.Embedding(N_CITIES, dim)
        self.offset = nn.Parameter(torch.zeros(()))

    def forward(self, a, b):
        gap = self.place(a) - self.place(b)
        return gap.square().sum(1).add(1e-6).sqrt() + self.offset


model = Map()
opt = torch.optim.Adam(model.parameters(), lr=0.02)
for epoch in range(40):
    for idx in train[torch.randperm(len(train))].split(100):
        loss = (model(first[idx], second[idx]) - hours[idx]).square().mean()
        opt.zero_grad()
        loss.backward()
        opt.step()
    if epoch % 8 == 7:
        print(f"epoch {epoch + 1}: {loss.item():.4f}")

with torch.no_grad():
    error = (model(first[test], second[test]) - hours[test]).square().mean()
print(f"final r2: {1 - (error / hours[test].var()).item():.4f}")
