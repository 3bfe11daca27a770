"""Recognise wrist gestures from a 6-channel inertial sensor (synthetic recordings)."""
import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset, random_split

GESTURES = ["circle", "shake", "swipe", "tap", "twist"]
T = 50


def record(kind, rng):
    t = np.linspace(0, 1, T)
    f, ph, amp = rng.uniform(2, 3), rng.uniform(0, 2 * np.pi), rng.uniform(0.7, 1.3)
    x = np.zeros((T, 6))
    bump = np.exp(-((t - rng.uniform(0.3, 0.7)) ** 2) / 0.01)
    if kind == 0:
        x[:, 0], x[:, 1] = np.sin(2 * np.pi * f * t + ph), np.cos(2 * np.pi * f * t + ph)
    elif kind == 1:
        x[:, 0], x[:, 1] = np.sin(2 * np.pi * f * t + ph), np.sin(2 * np.pi * f * t + ph)
    elif kind == 2:
        x[:, 1], x[:, 0] = bump, -np.gradient(bump) * 8
    elif kind == 3:
        x[:, 2], x[:, 0] = bump, np.gradient(bump) * 8
    else:
        x[:, 3], x[:, 4] = np.sin(2 * np.pi * f * t + ph), -np.sin(2 * np.pi * f * t + ph)
    return amp * x + rng.normal(0, 0.75, (T, 6))


class GestureSet(Dataset):
    def __init__(self, n, seed):
        rng = np.random.default_rng(seed)
        self.y = rng.integers(0, len(GESTURES), n)
        self.x = np.stack([record(k, rng) for k in self.y]).astype("float32")

    def __len__(self):
        return len(self.y)

    def __getitem__(self, i):
        return torch.from_numpy(self.x[i]), int(self.y[i])


class GestureNet(nn.Module):
    def __init__(self, channels=6, classes=5):
        super().__init__()
        self.conv = nn.Sequential(
            nn.Conv1d(channels, 16, 5, padding=2), nn.BatchNorm1d(16), nn.ReLU(), nn.MaxPool1d(2),
            nn.Conv1d(16, 24, 5, padding=2), nn.BatchNorm1d(24), nn.ReLU(),
            nn.AdaptiveAvgPool1d(1),
        )
        self.fc = nn.Linear(24, classes)

    def forward(self, x):
        # recordings come as (batch, time, channel)
        x = x.transpose(1, 2)
        return self.fc(self.conv(x).flatten(1))


def run_epoch(model, loader, loss_fn, opt=None):
    model.train(opt is not None)
    loss_sum, correct, n = 0.0, 0, 0
    with torch.set_grad_enabled(opt is not None):
        for x, y in loader:
            out = model(x)
            loss = loss_fn(out, y)
            if opt is not None:
                opt.zero_grad()
                loss.backward()
                opt.step()
            loss_sum += loss.item() * len(y)
            correct += (out.argmax(1) == y).sum().item()
            n += len(y)
    return loss_sum / n, correct / n


if __name__ == "__main__":
    torch.manual_seed(0)
    full = GestureSet(1500, seed=0)
    train_set, val_set = random_split(full, [1200, 300], generator=torch.Generator().manual_seed(0))
    test_set = GestureSet(600, seed=1)
    train_loader = DataLoader(train_set, batch_size=32, shuffle=True, drop_last=True)
    val_loader, test_loader = DataLoader(val_set, 150), DataLoader(test_set, 150)

    model = GestureNet()
    loss_fn = nn.CrossEntropyLoss()
    opt = torch.optim.AdamW(model.parameters(), lr=2e-3, weight_decay=1e-2)
    for epoch in range(20):
        tr = run_epoch(model, train_loader, loss_fn, opt)
        va = run_epoch(model, val_loader, loss_fn)
        print("epoch %2d  train %.4f / %.3f   val %.4f / %.3f" % (epoch, *tr, *va))
    print("test loss %.4f accuracy %.4f" % run_epoch(model, test_loader, loss_fn))
