import torch
import torch.nn as nn
import torch.nn.functional as F

torch.manual_seed(13)

DEFECTS = ["ok", "scratch", "spot", "rust"]


def photo(kind, n, size=16):
    """Grey-scale photos of metal parts under a lamp of varying brightness."""
    img = 0.3 * torch.rand(n, 1, 1, 1) + 0.15 * torch.randn(n, 1, size, size)
    grid = torch.arange(size).float()
    for i in range(n):
        cx, cy = torch.randint(3, size - 3, (2,)).tolist()
        if kind == 1:
            img[i, 0, cy, 2 : size - 2] += 0.8
        elif kind == 2:
            img[i, 0] += 1.2 * torch.exp(-((grid[None] - cx) ** 2 + (grid[:, None] - cy) ** 2) / 3)
        elif kind == 3:
            img[i, 0] += 0.6 * (torch.rand(size, size) < 0.15)
    return img


x_train = torch.cat([photo(k, 250) for k in range(4)])
y_train = torch.arange(4).repeat_interleave(250)
test_folders = {name: photo(k, 100) for k, name in enumerate(DEFECTS)}

net = nn.Sequential(
    nn.Conv2d(1, 12, 3, padding=1, bias=False),
    nn.BatchNorm2d(12),
    nn.ReLU(),
    nn.MaxPool2d(2),
    nn.Conv2d(12, 24, 3, padding=1, bias=False),
    nn.BatchNorm2d(24),
    nn.ReLU(),
    nn.AdaptiveMaxPool2d(1),
    nn.Flatten(),
    nn.BatchNorm1d(24),
    nn.Linear(24, 4),
)
optimizer = torch.optim.Adam(net.parameters(), lr=2e-3)
for epoch in range(10):
    total = 0.0
    for batch in torch.randperm(len(x_train)).split(50):
        loss = F.cross_entropy(net(x_train[batch]), y_train[batch])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        total += loss.item() / 20
    print(f"epoch {epoch} loss {total:.4f}")

# inspect the test folders one after the other
right = 0
with torch.no_grad():
    for k, name in enumerate(DEFECTS):
        hits = (net(test_folders[name]).argmax(1) == k).sum().item()
        print(f"{name:8s} {hits}/100")
        right += hits
print(f"final accuracy: {right / 400:.4f}")
