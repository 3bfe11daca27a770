import torch
import torch.nn.functional as F
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(2)
S = 16


def scene(n):
    """One bright object per image: round (0) or bar-shaped (1); find kind and position."""
    kind = torch.randint(0, 2, (n,))
    pos = torch.rand(n, 2) * 0.6 + 0.2
    yy, xx = torch.meshgrid(torch.linspace(0, 1, S), torch.linspace(0, 1, S), indexing="ij")
    dx, dy = xx - pos[:, 0, None, None], yy - pos[:, 1, None, None]
    wide = torch.where(kind == 1, 0.2, 0.09)[:, None, None]
    flat = torch.where(kind == 1, 0.045, 0.09)[:, None, None]
    img = torch.exp(-((dx / wide) ** 2) - (dy / flat) ** 2) + 0.1 * torch.randn(n, S, S)
    return img.unsqueeze(1), kind, pos


class Locator(nn.Module):
    def __init__(self):
        super().__init__()
        self.trunk = nn.Sequential(
            nn.Conv2d(1, 8, 3, padding=1),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Conv2d(8, 16, 3, padding=1),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Flatten(),
            nn.Linear(256, 64),
            nn.ReLU(),
        )
        self.kind = nn.Linear(64, 2)
        self.pos = nn.Linear(64, 2)

    def forward(self, x):
        h = self.trunk(x)
        return self.kind(h), self.pos(h)


train_loader = DataLoader(TensorDataset(*scene(1500)), batch_size=50, shuffle=True)
model = Locator()
optimizer = torch.optim.Adam(model.parameters(), lr=2e-3)
weights = torch.tensor([1.0, 20.0])

for epoch in range(12):
    log = torch.zeros(2)
    for img, kind, pos in train_loader:
        kind_out, pos_out = model(img)
        losses = [F.cross_entropy(kind_out, kind), F.mse_loss(pos_out, pos)]
        loss = (weights * torch.stack(losses)).sum()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        log += torch.tensor([v.item() for v in losses]) / len(train_loader)
    print(f"epoch {epoch + 1}: kind {log[0]:.4f} position {log[1]:.4f}")

img, kind, pos = scene(500)
with torch.no_grad():
    kind_out, pos_out = model(img)
print(f"position error {(pos_out - pos).norm(dim=1).mean().item():.4f}")
print(f"final accuracy: {(kind_out.argmax(1) == kind).float().mean().item():.4f}")
