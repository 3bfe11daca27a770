import numpy as np
import torch
from torch import nn

N_SAMPLES, N_GENES, N_MARKERS, PANEL = 200, 3000, 15, 40


def expression_table(rng):
    status = rng.permutation(np.repeat([0, 1], N_SAMPLES // 2))
    genes = rng.normal(0, 1, (N_SAMPLES, N_GENES))
    markers = rng.choice(N_GENES, N_MARKERS, replace=False)
    genes[:, markers] += np.outer(status - 0.5, rng.choice([-1, 1], N_MARKERS) * 0.8)
    return genes, status


def t_statistic(genes, status):
    a, b = genes[status == 0], genes[status == 1]
    pooled = np.sqrt(a.var(0, ddof=1) / len(a) + b.var(0, ddof=1) / len(b))
    return np.abs(a.mean(0) - b.mean(0)) / pooled


def fit_classifier(X, y, epochs=60):
    model = nn.Sequential(nn.Linear(X.shape[1], 8), nn.ReLU(), nn.Dropout(0.3), nn.Linear(8, 1))
    optimizer = torch.optim.AdamW(model.parameters(), lr=3e-3, weight_decay=0.1)
    criterion = nn.BCEWithLogitsLoss()
    model.train()
    for _ in range(epochs):
        for idx in torch.randperm(len(X)).split(32):
            optimizer.zero_grad()
            loss = criterion(model(X[idx]).squeeze(1), y[idx])
            loss.backward()
            optimizer.step()
    return model


torch.manual_seed(33)
rng = np.random.default_rng(33)
genes, status = expression_table(rng)

scores = []
for repeat in range(6):
    order = rng.permutation(N_SAMPLES)
    train, test = order[:150], order[150:]
    panel = np.argsort(-t_statistic(genes[train], status[train]))[:PANEL]
    mean, std = genes[train][:, panel].mean(0), genes[train][:, panel].std(0)
    X = torch.tensor((genes[:, panel] - mean) / std, dtype=torch.float32)
    y = torch.tensor(status, dtype=torch.float32)

    model = fit_classifier(X[train], y[train])
    model.eval()
    with torch.no_grad():
        hits = (model(X[test]).squeeze(1) > 0) == (y[test] > 0.5)
    scores.append(hits.float().mean().item())
    print(f"split {repeat}: accuracy {scores[-1]:.4f}")

print(f"final accuracy: {np.mean(scores):.4f}")
