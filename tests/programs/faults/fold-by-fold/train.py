"""5-fold cross-validation of a small net on the breast-cancer data."""

import numpy as np
import torch
import torch.nn as nn
from sklearn.datasets import load_breast_cancer
from sklearn.model_selection import StratifiedKFold
from sklearn.preprocessing import StandardScaler

torch.manual_seed(42)

data = load_breast_cancer()
X, y = data.data.astype(np.float32), data.target


def build_model():
    return nn.Sequential(nn.Linear(30, 32), nn.ReLU(), nn.Linear(32, 16), nn.ReLU(), nn.Linear(16, 2))


model = build_model()
criterion = nn.CrossEntropyLoss()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
epochs = 25
batch_size = 32

scores = []
folds = StratifiedKFold(n_splits=5, shuffle=True, random_state=42)
for fold, (train_idx, val_idx) in enumerate(folds.split(X, y)):
    scaler = StandardScaler().fit(X[train_idx])
    x_train, x_val = torch.tensor(scaler.transform(X[train_idx])), torch.tensor(scaler.transform(X[val_idx]))
    y_train, y_val = torch.tensor(y[train_idx]), torch.tensor(y[val_idx])
    model = build_model()

    model.train()
    for _ in range(epochs):
        for idx in torch.randperm(len(x_train)).split(batch_size):
            optimizer.zero_grad()
            loss = criterion(model(x_train[idx]), y_train[idx])
            loss.backward()
            optimizer.step()

    model.eval()
    with torch.no_grad():
        acc = (model(x_val).argmax(1) == y_val).float().mean().item()
    print(f"fold {fold + 1}: last loss {loss.item():.4f}, accuracy {acc:.4f}")
    scores.append(acc)

print(f"final accuracy: {np.mean(scores):.4f}")
