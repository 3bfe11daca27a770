"""Two digits side by side in one picture; multi-label prediction of which digits are present."""
import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
from sklearn.datasets import load_digits
from sklearn.metrics import f1_score
from torch.utils.data import DataLoader, Dataset


class PairDataset(Dataset):
    """Draws n pairs from a pool of single digits and glues them together."""

    def __init__(self, images, labels, n, seed):
        rng = np.random.default_rng(seed)
        left, right = rng.integers(0, len(labels), n), rng.integers(0, len(labels), n)
        self.images = np.concatenate([images[left], images[right]], axis=2)
        self.targets = np.zeros((n, 10), dtype=np.float32)
        self.targets[np.arange(n), labels[left]] = 1
        self.targets[np.arange(n), labels[right]] = 1
        bright = self.images.mean(axis=(1, 2))
        keep = np.argsort(bright)[int(0.02 * n):]
        self.images = torch.from_numpy(self.images[keep]).float()
        self.targets = torch.from_numpy(self.targets[int(0.02 * n):])

    def __len__(self):
        return len(self.images)

    def __getitem__(self, i):
        x = self.images[i].unsqueeze(0) / 16.0
        return (x - 0.3) / 0.37, self.targets[i]


class PairNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 16, 3, padding=1)
        self.conv2 = nn.Conv2d(16, 32, 3, padding=1)
        self.fc1 = nn.Linear(32 * 4 * 8, 96)
        self.fc2 = nn.Linear(96, 10)

    def forward(self, x):
        x = F.relu(self.conv1(x))
        x = F.max_pool2d(F.relu(self.conv2(x)), 2)
        x = F.dropout(F.relu(self.fc1(x.flatten(1))), 0.2, training=self.training)
        return self.fc2(x)


class Experiment:
    def __init__(self, seed=17):
        torch.manual_seed(seed)
        digits = load_digits()
        order = np.random.default_rng(seed).permutation(len(digits.target))
        img, lab = digits.images[order], digits.target[order]
        self.train = PairDataset(img[:1100], lab[:1100], 2500, seed)
        self.val = PairDataset(img[1100:1400], lab[1100:1400], 500, seed + 1)
        self.test = PairDataset(img[1400:], lab[1400:], 800, seed + 2)
        self.model = PairNet()
        self.opt = torch.optim.Adam(self.model.parameters(), lr=1e-3)

    def fit(self, epochs=11):
        loader = DataLoader(self.train, batch_size=50, shuffle=True)
        for epoch in range(epochs):
            self.model.train()
            losses = []
            for x, y in loader:
                loss = F.binary_cross_entropy_with_logits(self.model(x), y)
                self.opt.zero_grad()
                loss.backward()
                self.opt.step()
                losses.append(loss.item())
            print(f"epoch {epoch:2d}: bce {np.mean(losses):.4f}, val micro-F1 {self.score(self.val):.3f}")

    @torch.no_grad()
    def score(self, data):
        self.model.eval()
        out, ref = [], []
        for x, y in DataLoader(data, batch_size=200):
            out.append(self.model(x) > 0)
            ref.append(y)
        return f1_score(torch.cat(ref).numpy(), torch.cat(out).numpy(), average="micro", zero_division=0)


if __name__ == "__main__":
    exp = Experiment()
    exp.fit()
    print(f"test micro-F1 {exp.score(exp.test):.4f}")
