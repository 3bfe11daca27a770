import numpy as np
import torch
from sklearn.datasets import load_wine
from sklearn.model_selection import StratifiedKFold
from sklearn.preprocessing import StandardScaler
from torch import nn


def build():
    return nn.Sequential(nn.Linear(13, 32), nn.ReLU(), nn.Linear(32, 32), nn.ReLU(), nn.Linear(32, 3))


def fit(model, optimizer, X, y, epochs=30, batch_size=16):
    criterion = nn.CrossEntropyLoss()
    model.train()
    for _ in range(epochs):
        for idx in torch.randperm(len(X)).split(batch_size):
            optimizer.zero_grad()
            loss = criterion(model(X[idx]), y[idx])
            loss.backward()
            optimizer.step()
    return loss.item()


def score(model, X, y):
    model.eval()
    with torch.no_grad():
        return (model(X).argmax(dim=1) == y).float().mean().item()


torch.manual_seed(4)
data, target = load_wine(return_X_y=True)
folds = StratifiedKFold(n_splits=5, shuffle=True, random_state=4)

model = build()
optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
scores = []
for fold, (train_idx, test_idx) in enumerate(folds.split(data, target)):
    scaler = StandardScaler().fit(data[train_idx])
    X_train = torch.tensor(scaler.transform(data[train_idx]), dtype=torch.float32)
    X_test = torch.tensor(scaler.transform(data[test_idx]), dtype=torch.float32)
    y_train, y_test = torch.tensor(target[train_idx]), torch.tensor(target[test_idx])

    model = build()
    last_loss = fit(model, optimizer, X_train, y_train)
    scores.append(score(model, X_test, y_test))
    print(f"fold {fold}: last loss {last_loss:.4f} accuracy {scores[-1]:.4f}")

print(f"final accuracy: {np.mean(scores):.4f}")
