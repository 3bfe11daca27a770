import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset

rng = np.random.default_rng(25)
torch.manual_seed(25)
DIRECTIONS = ["left", "right", "up", "down"]


def sign(direction, size=18):
    """A white arrow on a sign of any colour, height x width x RGB, 8 bit."""
    colour = rng.integers(0, 160, 3)
    img = np.empty((size, size, 3))
    img[:] = colour
    arrow = np.zeros((9, 9), bool)
    arrow[4, 1:8] = True
    for k in range(3):
        arrow[4 - k, 1 + k] = arrow[4 + k, 1 + k] = True
    arrow = {"left": arrow, "right": arrow[:, ::-1], "up": arrow.T, "down": arrow.T[::-1]}[DIRECTIONS[direction]]
    r, c = rng.integers(0, size - 9, 2)
    img[r : r + 9, c : c + 9][arrow] = 255 - rng.integers(0, 60, 3)
    return np.clip(img + rng.normal(0, 25, img.shape), 0, 255).astype(np.uint8)


class Signs(Dataset):
    def __init__(self, n):
        self.y = torch.from_numpy(rng.integers(0, 4, n))
        raw = torch.from_numpy(np.stack([sign(k) for k in self.y.tolist()]))
        self.x = raw.view(n, 3, 18, 18).float() / 255

    def __len__(self):
        return len(self.y)

    def __getitem__(self, i):
        return self.x[i], self.y[i]


class SignNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(3, 16, 3, padding=1),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Conv2d(16, 32, 3, padding=1),
            nn.ReLU(),
            nn.AdaptiveMaxPool2d(3),
            nn.Flatten(),
        )
        self.head = nn.Linear(288, 4)

    def forward(self, x):
        return self.head(self.body(x))


train_dl = DataLoader(Signs(1200), batch_size=40, shuffle=True)
test_dl = DataLoader(Signs(400), batch_size=200)
model = SignNet()
optimiser = torch.optim.Adam(model.parameters(), lr=2e-3)
criterion = nn.CrossEntropyLoss()

for epoch in range(12):
    mean_loss = 0.0
    for x, y in train_dl:
        optimiser.zero_grad()
        loss = criterion(model(x), y)
        loss.backward()
        optimiser.step()
        mean_loss += loss.item() / len(train_dl)
    print(f"epoch {epoch + 1}: {mean_loss:.4f}")

model.eval()
with torch.no_grad():
    hits = sum((model(x).argmax(1) == y).sum().item() for x, y in test_dl)
print(f"final accuracy: {hits / 400:.4f}")
