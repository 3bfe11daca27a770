import math

import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(3)


def draw(kind, size=20):
    yy, xx = torch.meshgrid(torch.arange(size).float(), torch.arange(size).float(), indexing="ij")
    cx, cy = (torch.rand(2) * 6 + 7).tolist()
    r = torch.rand(1).item() * 2.5 + 3.5
    dx, dy = xx - cx, yy - cy
    if kind == 0:  # disc
        img = (dx**2 + dy**2 < r**2).float()
    elif kind == 1:  # square
        img = ((dx.abs() < r * 0.85) & (dy.abs() < r * 0.85)).float()
    elif kind == 2:  # triangle
        img = ((dy > -r) & (dy < r * 0.8) & (dx.abs() < (dy + r) * 0.55)).float()
    else:  # cross
        img = (((dx.abs() < r * 0.35) & (dy.abs() < r)) | ((dy.abs() < r * 0.35) & (dx.abs() < r))).float()
    return img + 0.15 * torch.randn(size, size)


def make(n):
    y = torch.randint(0, 4, (n,))
    x = torch.stack([draw(k) for k in y.tolist()]).unsqueeze(1)
    return TensorDataset(x, y)


class ShapeNet(nn.Module):
    def __init__(self, n_classes=4):
        super().__init__()
        self.n_classes = n_classes
        self.conv1 = nn.Conv2d(1, 8, 3, padding=1)
        self.conv2 = nn.Conv2d(8, 16, 3, padding=1)
        self.pool = nn.MaxPool2d(2)

    def forward(self, x):
        x = self.pool(F.relu(self.conv1(x)))
        x = self.pool(F.relu(self.conv2(x)))
        x = torch.flatten(x, 1)
        fc = nn.Linear(x.shape[1], self.n_classes)
        return fc(x)


train_loader = DataLoader(make(1500), batch_size=32, shuffle=True)
test_loader = DataLoader(make(400), batch_size=100)
model = ShapeNet()
optimizer = torch.optim.Adam(model.parameters(), lr=2e-3)

for epoch in range(1, 13):
    model.train()
    seen, total = 0, 0.0
    for images, labels in train_loader:
        optimizer.zero_grad()
        loss = F.cross_entropy(model(images), labels)
        loss.backward()
        optimizer.step()
        seen += len(labels)
        total += loss.item() * len(labels)
    print(f"epoch {epoch}: train loss {total / seen:.4f} (chance {math.log(4):.4f})")

model.eval()
correct = 0
with torch.no_grad():
    for images, labels in test_loader:
        correct += (model(images).argmax(1) == labels).sum().item()
print(f"final accuracy: {correct / 400:.4f}")
