"""Rate holiday flats (poor / fair / good) from a thumbnail and a few facts."""

import torch
import torch.nn as nn

g = torch.Generator().manual_seed(8)
torch.manual_seed(8)

N = 1200
light = torch.rand(N, generator=g)  # how bright the flat looks
distance = torch.rand(N, generator=g) * 10  # km to the beach
rooms = torch.randint(1, 6, (N,), generator=g).float()
thumbs = light[:, None, None, None] * torch.rand(N, 1, 12, 12, generator=g) + 0.05 * torch.randn(N, 1, 12, 12, generator=g)
facts = torch.stack([distance, rooms], dim=1)
score = 4 * light - 0.35 * distance + 0.3 * rooms + 0.1 * torch.randn(N, generator=g)
rating = torch.bucketize(score, torch.quantile(score, torch.tensor([1 / 3, 2 / 3])))

train, test = slice(0, 900), slice(900, N)
facts = (facts - facts[train].mean(0)) / facts[train].std(0)


class TwoBranch(nn.Module):
    def __init__(self):
        super(TwoBranch, self).__init__()
        self.image = nn.Sequential(
            nn.Conv2d(1, 4, 3, padding=1),
            nn.ReLU(),
            nn.AvgPool2d(4),
            nn.Flatten(),
            nn.Linear(4 * 3 * 3, 16),
            nn.ReLU(),
        )
        self.table = nn.Sequential(nn.Linear(2, 16), nn.ReLU())
        self.merge = nn.Sequential(nn.Linear(16, 32), nn.ReLU(), nn.Linear(32, 3))

    def forward(self, img, tab):
        a = self.image(img)
        b = self.table(tab)
        both = torch.cat((a, b))
        return self.merge(both)


model = TwoBranch()
opt = torch.optim.Adam(model.parameters(), lr=3e-3)
ce = nn.CrossEntropyLoss()
loader = torch.utils.data.DataLoader(
    torch.utils.data.TensorDataset(thumbs[train], facts[train], rating[train]), batch_size=30, shuffle=True
)
for epoch in range(25):
    for img, tab, r in loader:
        loss = ce(model(img, tab), r)
        opt.zero_grad()
        loss.backward()
        opt.step()
    if epoch % 5 == 0:
        print(f"{epoch:3d} {loss.item():.4f}")

model.eval()
with torch.inference_mode():
    accuracy = (model(thumbs[test], facts[test]).argmax(-1) == rating[test]).float().mean()
print(f"final accuracy: {accuracy:.4f}")
