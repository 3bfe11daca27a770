import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

INSTRUMENTS = ["flute", "violin", "clarinet", "trumpet", "piano", "organ"]
BINS = 48


def note(instrument, rng):
    """Log spectrum of one note: harmonics whose strengths depend on the instrument."""
    pitch = rng.uniform(3.0, 5.0)
    k = np.arange(1, 9)
    strength = [
        np.exp(-1.2 * (k - 1)),
        1.0 / k,
        (k % 2) / np.sqrt(k) + 0.02,
        np.exp(-0.5 * (np.log(k) - 1.1) ** 2),
        np.exp(-0.5 * (k - 1)),
        np.isin(k, [1, 2, 4, 8]) * 0.8 + 0.02,
    ][instrument]
    strength = strength * np.exp(rng.normal(0, 0.2, len(k)))
    bins = np.arange(BINS)
    spectrum = (strength[:, None] * np.exp(-0.5 * ((bins - pitch * k[:, None]) / 0.8) ** 2)).sum(0)
    return np.log(spectrum + np.abs(rng.normal(0, 0.03, BINS)) + 1e-2)


def read_folder(n_per_instrument, rng):
    spectra, labels = [], []
    for i, _ in enumerate(INSTRUMENTS):
        for _ in range(n_per_instrument):
            spectra.append(note(i, rng))
            labels.append(i)
    return torch.tensor(np.array(spectra), dtype=torch.float32), torch.tensor(labels)


torch.manual_seed(19)
X_train, y_train = read_folder(300, np.random.default_rng(19))
X_test, y_test = read_folder(80, np.random.default_rng(20))
mean, std = X_train.mean(dim=0), X_train.std(dim=0)
X_train, X_test = (X_train - mean) / std, (X_test - mean) / std

train_loader = DataLoader(TensorDataset(X_train, y_train), batch_size=32)
test_loader = DataLoader(TensorDataset(X_test, y_test), batch_size=120)

model = nn.Sequential(nn.Linear(BINS, 64), nn.ReLU(), nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, len(INSTRUMENTS)))
optimizer = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9)
criterion = nn.CrossEntropyLoss()

for epoch in range(15):
    model.train()
    running = 0.0
    for spectra, labels in train_loader:
        optimizer.zero_grad()
        loss = criterion(model(spectra), labels)
        loss.backward()
        optimizer.step()
        running += loss.item()
    print(f"epoch {epoch + 1}: loss {running / len(train_loader):.4f}")

model.eval()
with torch.no_grad():
    correct = sum((model(s).argmax(1) == l).sum().item() for s, l in test_loader)
print(f"final accuracy: {correct / len(y_test):.4f}")
