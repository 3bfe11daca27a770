import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(51)
rng = np.random.default_rng(51)

# sensor readings of pumps; about one in twelve fails within the week
n = 3600
temperature = rng.normal(60, 8, n)
vibration = rng.gamma(3, 0.7, n)
pressure = rng.normal(5, 0.6, n)
age = rng.uniform(0, 10, n)
stress = 0.09 * (temperature - 60) + 0.9 * vibration + 0.8 * np.abs(pressure - 5) + 0.25 * age
fails = (stress + rng.normal(0, 0.3, n) > np.quantile(stress, 0.92)).astype(np.float32)

X = np.column_stack([temperature, vibration, pressure, age])
X_train, X_test, y_train, y_test = X[:2700], X[2700:], fails[:2700], fails[2700:]
mean, std = X_train.mean(0), X_train.std(0)
to_tensor = lambda a: torch.tensor(a, dtype=torch.float32)
X_train, X_test = to_tensor((X_train - mean) / std), to_tensor((X_test - mean) / std)
y_train, y_test = to_tensor(y_train)[:, None], to_tensor(y_test)[:, None]

ACCUMULATE = 4
loader = DataLoader(TensorDataset(X_train, y_train), batch_size=15, shuffle=True)
model = nn.Sequential(nn.Linear(4, 32), nn.ReLU(), nn.Linear(32, 32), nn.ReLU(), nn.Linear(32, 1))
pos_weight = (1 - y_train).sum() / y_train.sum()
criterion = nn.BCEWithLogitsLoss(pos_weight=pos_weight)
optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)

for epoch in range(20):
    model.train()
    running = 0.0
    optimizer.zero_grad()
    for i, (xb, yb) in enumerate(loader):
        loss = criterion(model(xb), yb) / ACCUMULATE
        loss.backward()
        running += loss.item() * ACCUMULATE
        if (i + 1) % ACCUMULATE == 0:
            optimizer.step()
            optimizer.zero_grad()
    if epoch % 5 == 4:
        print(f"epoch {epoch + 1} loss {running / len(loader):.4f}")

model.eval()
with torch.no_grad():
    predicted = model(X_test) > 0
actual = y_test > 0.5
recall = (predicted & actual).sum() / actual.sum()
specificity = (~predicted & ~actual).sum() / (~actual).sum()
print(f"recall {recall:.4f} specificity {specificity:.4f}")
print(f"final balanced_accuracy: {(recall + specificity).item() / 2:.4f}")
