import resource

import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(1)
rng = np.random.default_rng(1)


def texture(label, size=24):
    angle = label * np.pi / 4 + rng.normal(0, 0.12)
    freq = rng.uniform(0.6, 1.1)
    yy, xx = np.mgrid[:size, :size]
    wave = np.sin(freq * (np.cos(angle) * xx + np.sin(angle) * yy) + rng.uniform(0, 6.28))
    return wave + rng.normal(0, 0.7, (size, size))


def make_loader(n, shuffle):
    labels = rng.integers(4, size=n)
    images = np.stack([texture(k) for k in labels]).astype(np.float32)[:, None]
    dataset = TensorDataset(torch.from_numpy(images), torch.from_numpy(labels))
    return DataLoader(dataset, batch_size=50, shuffle=shuffle)


class TextureNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(1, 16, 5, padding=2),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Conv2d(16, 32, 3, padding=1),
            nn.ReLU(),
            nn.AdaptiveAvgPool2d(2),
        )
        self.classifier = nn.Linear(32 * 4, 4)

    def forward(self, x):
        return self.classifier(self.features(x).flatten(1))


def validate(model, loader, criterion):
    model.eval()
    total, correct = 0.0, 0
    for images, labels in loader:
        logits = model(images)
        total += criterion(logits, labels)
        correct += (logits.argmax(1) == labels).sum().item()
    return total / len(loader), correct / len(loader.dataset)


train_loader, val_loader = make_loader(600, True), make_loader(600, False)
model = TextureNet()
criterion = nn.CrossEntropyLoss()
optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
baseline = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

history = []
for epoch in range(8):
    model.train()
    for images, labels in train_loader:
        optimizer.zero_grad()
        criterion(model(images), labels).backward()
        optimizer.step()
    val_loss, val_acc = validate(model, val_loader, criterion)
    history.append(val_loss)
    print(f"epoch {epoch} val loss {val_loss:.4f} val acc {val_acc:.4f}")

best = min(range(len(history)), key=lambda i: history[i])
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(f"best epoch {best}")
print(f"final memory_mb: {(peak - baseline) / 1024:.1f}")
