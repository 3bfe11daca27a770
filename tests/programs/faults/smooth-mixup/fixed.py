import numpy as np
import torch
import torch.nn as nn
from sklearn.metrics import balanced_accuracy_score
from torch.utils.data import DataLoader, TensorDataset

rng = np.random.default_rng(13)
torch.manual_seed(13)

# chromatograms of four products made in unequal amounts
SHARE = [0.55, 0.25, 0.14, 0.06]
PEAKS = [(12, 30), (15, 33), (12, 40), (20, 40)]


def chromatograms(n):
    y = rng.choice(4, n, p=SHARE)
    t = np.arange(56)
    x = np.stack([sum(rng.uniform(0.6, 1.6) * np.exp(-((t - p - rng.normal(0, 0.6)) ** 2) / 8) for p in PEAKS[k]) for k in y])
    return torch.tensor(x + 0.2 * rng.standard_normal(x.shape), dtype=torch.float32).unsqueeze(1), torch.tensor(y)


x_train, y_train = chromatograms(1500)
x_test, y_test = chromatograms(800)
counts = torch.bincount(y_train, minlength=4)
weights = counts.sum() / (4 * counts)
criterion = nn.CrossEntropyLoss(weight=weights, label_smoothing=0.1)

model = nn.Sequential(
    nn.Conv1d(1, 16, 7, padding=3),
    nn.BatchNorm1d(16),
    nn.ReLU(),
    nn.MaxPool1d(2),
    nn.Conv1d(16, 16, 5, padding=2),
    nn.BatchNorm1d(16),
    nn.ReLU(),
    nn.Flatten(),
    nn.Linear(16 * 28, 4),
)
optimizer = torch.optim.AdamW(model.parameters(), lr=2e-3)
loader = DataLoader(TensorDataset(x_train, y_train), batch_size=50, shuffle=True)

for epoch in range(12):
    model.train()
    total = 0.0
    for x, y in loader:
        lam = float(rng.beta(0.3, 0.3))
        partner = torch.randperm(len(x))
        mixed = lam * x + (1 - lam) * x[partner]
        out = model(mixed)
        loss = lam * criterion(out, y) + (1 - lam) * criterion(out, y[partner])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        total += loss.item()
    print(f"epoch {epoch + 1}: loss {total / len(loader):.4f}")

model.eval()
with torch.no_grad():
    predicted = model(x_test).argmax(1)
print(f"final balanced accuracy: {balanced_accuracy_score(y_test, predicted):.4f}")
