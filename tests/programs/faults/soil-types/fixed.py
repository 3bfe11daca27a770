"""Predict the soil type of a plot from lab measurements."""

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
rng = np.random.RandomState(0)

SOILS = ["sand", "loam", "clay", "peat"]
#            sand%  clay%  organic%  pH
CENTRES = [(82.0, 6.0, 1.5, 6.4), (42.0, 20.0, 3.0, 6.8), (22.0, 52.0, 2.5, 7.1), (30.0, 14.0, 38.0, 4.6)]
SPREAD = [(8.0, 3.0, 0.8, 0.5), (9.0, 5.0, 1.0, 0.5), (7.0, 8.0, 1.0, 0.5), (9.0, 5.0, 9.0, 0.6)]


def make_plots(n_per_class=300):
    rows, labels = [], []
    for k, (c, s) in enumerate(zip(CENTRES, SPREAD, strict=True)):
        rows.append(rng.normal(c, s, size=(n_per_class, 4)))
        labels += [k] * n_per_class
    return np.vstack(rows), np.array(labels)


X, y = make_plots()
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.25, stratify=y, random_state=0)
scaler = StandardScaler()
X_train = torch.tensor(scaler.fit_transform(X_train), dtype=torch.float32)
X_test = torch.tensor(scaler.transform(X_test), dtype=torch.float32)
y_train, y_test = torch.tensor(y_train), torch.tensor(y_test)

train_loader = DataLoader(TensorDataset(X_train, y_train), batch_size=32, shuffle=True)


class SoilNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(4, 32)
        self.fc2 = nn.Linear(32, 16)
        self.out = nn.Linear(16, len(SOILS))

    def forward(self, x):
        x = F.relu(self.fc1(x))
        x = F.relu(self.fc2(x))
        return self.out(x)


model = SoilNet()
criterion = nn.CrossEntropyLoss()
optimizer = torch.optim.Adam(model.parameters(), lr=0.001)

for epoch in range(40):
    total = 0.0
    for xb, yb in train_loader:
        optimizer.zero_grad()
        outputs = model(xb)
        loss = criterion(outputs, yb)
        loss.backward()
        optimizer.step()
        total += loss.item() * len(xb)
    if epoch % 5 == 4:
        print(f"Epoch {epoch + 1}: loss {total / len(X_train):.4f}")

with torch.no_grad():
    predicted = model(X_test).argmax(dim=1)
print(f"final accuracy: {(predicted == y_test).float().mean().item():.4f}")
