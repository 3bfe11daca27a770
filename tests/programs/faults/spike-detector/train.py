import numpy as np
import torch
import torch.nn as nn
from sklearn.metrics import classification_report, recall_score
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(50)
rng = np.random.default_rng(50)


def recording(n, share=0.02, length=64):
    """EEG-like noise; a small share of the windows holds an epileptic spike."""
    white = rng.standard_normal((n, length + 8))
    x = np.stack([np.convolve(w, np.ones(8) / 8, "valid")[:length] for w in white]) * 2.0
    y = rng.random(n) < share
    t = np.arange(length)
    for i in np.flatnonzero(y):
        at, height = rng.uniform(10, 50), rng.uniform(1.2, 2.5)
        x[i] += height * (np.exp(-((t - at) ** 2) / 3) - 0.6 * np.exp(-((t - at - 6) ** 2) / 12))
    return torch.tensor(x, dtype=torch.float32).unsqueeze(1), torch.tensor(y, dtype=torch.float32)


x_train, y_train = recording(4000)
x_test, y_test = recording(3000)
loader = DataLoader(TensorDataset(x_train, y_train), batch_size=100, shuffle=True)


class SpikeNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Sequential(
            nn.Conv1d(1, 12, 9, padding=4), nn.ReLU(), nn.MaxPool1d(2), nn.Conv1d(12, 12, 5, padding=2), nn.ReLU()
        )
        self.fc = nn.Linear(12, 1)

    def forward(self, x):
        return self.fc(self.conv(x).amax(dim=2)).squeeze(1)


net = SpikeNet()
criterion = nn.BCEWithLogitsLoss()
optimizer = torch.optim.SGD(net.parameters(), lr=0.02, momentum=0.9)
for epoch in range(12):
    losses = []
    for x, y in loader:
        optimizer.zero_grad()
        loss = criterion(net(x), y)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    print(f"epoch {epoch + 1}: loss {np.mean(losses):.4f}")

with torch.no_grad():
    found = net(x_test) > 0
truth = y_test.numpy().astype(int)
print(classification_report(truth, found.numpy().astype(int), zero_division=0))
recall = recall_score(truth, found.numpy().astype(int), average="macro")
print(f"final balanced accuracy: {recall:.4f}")
