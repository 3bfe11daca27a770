import numpy as np
import torch
import torch.nn as nn
from torch.utils.data import DataLoader, Dataset, random_split

SEED = 21
torch.manual_seed(SEED)


def synth_hand(label, rng):
    """21 (x, y) landmarks of a hand; every finger is either stretched or folded."""
    patterns = {
        0: (0, 0, 0, 0, 0),
        1: (0, 1, 0, 0, 0),
        2: (0, 1, 1, 0, 0),
        3: (1, 1, 0, 0, 1),
        4: (1, 1, 1, 1, 1),
        5: (1, 0, 0, 0, 1),
    }
    pts = [(0.0, 0.0)]
    for f, stretched in enumerate(patterns[label]):
        angle = np.deg2rad(150 - 30 * f)
        lengths = (0.4, 0.65, 0.85, 1.0) if stretched else (0.4, 0.55, 0.45, 0.35)
        pts += [(r * np.cos(angle), r * np.sin(angle)) for r in lengths]
    pts = np.array(pts)
    rot = rng.normal(0, 0.25)
    r = np.array([[np.cos(rot), -np.sin(rot)], [np.sin(rot), np.cos(rot)]])
    return (pts @ r.T * rng.uniform(0.8, 1.2) + rng.normal(0, 0.06, pts.shape)).ravel()


class GestureData(Dataset):
    def __init__(self, n=1500, n_classes=6):
        rng = np.random.default_rng(SEED)
        self.labels = rng.integers(0, n_classes, n)
        self.points = np.stack([synth_hand(k, rng) for k in self.labels]).astype("float32")

    def __len__(self):
        return len(self.labels)

    def __getitem__(self, i):
        return self.points[i], self.labels[i : i + 1]


dataset = GestureData()
train_set, test_set = random_split(dataset, [1200, 300])
train_loader = DataLoader(train_set, batch_size=50, shuffle=True)
test_loader = DataLoader(test_set, batch_size=50)

net = nn.Sequential(nn.Linear(42, 64), nn.ReLU(), nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 6))
criterion = nn.CrossEntropyLoss()
optimizer = torch.optim.Adam(net.parameters(), lr=1e-3)

for epoch in range(20):
    running = 0.0
    for points, labels in train_loader:
        optimizer.zero_grad()
        out = net(points)
        target = torch.max(labels, 1)[1]
        loss = criterion(out, target)
        loss.backward()
        optimizer.step()
        running += loss.item()
    print(f"[{epoch + 1}] loss: {running / len(train_loader):.4f}")

hits = 0
with torch.no_grad():
    for points, labels in test_loader:
        hits += (net(points).argmax(1) == labels.squeeze(1)).sum().item()
print(f"final accuracy: {hits / len(test_set):.4f}")
