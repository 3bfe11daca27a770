"""Reaction-time study: predict the training group of a subject from the recorded trials."""

import numpy as np
import torch
from torch import nn

rng = np.random.default_rng(55)
torch.manual_seed(55)
N_SUBJECTS = 600


def record(group):
    base = 320 - 28 * group
    trials = base + rng.normal(0, 22, 40) - (4 + 5 * group) * np.log1p(np.arange(40)) + rng.normal(0, 8)
    return np.array([trials.mean(), np.median(trials), trials.std(), trials[:10].mean(), trials[-10:].mean(), trials.min()])


# what the lab delivers: one recording per file, and a table of groups
groups = rng.integers(0, 3, N_SUBJECTS)
archive = {f"subject_{i}.csv": record(groups[i]) for i in range(N_SUBJECTS)}


file_names = sorted(archive)
x = np.stack([archive[f] for f in file_names])
y = groups

order = rng.permutation(N_SUBJECTS)
tr, te = order[:450], order[450:]
x = (x - x[tr].mean(0)) / x[tr].std(0)
x, y = torch.tensor(x, dtype=torch.float32), torch.tensor(y)

clf = nn.Sequential(nn.Linear(6, 32), nn.ReLU(), nn.Linear(32, 3))
opt = torch.optim.Adam(clf.parameters(), lr=3e-3, weight_decay=1e-4)
tr = torch.from_numpy(tr)
for epoch in range(40):
    for idx in tr[torch.randperm(len(tr))].split(30):
        loss = nn.functional.cross_entropy(clf(x[idx]), y[idx])
        opt.zero_grad()
        loss.backward()
        opt.step()
    if epoch % 8 == 7:
        print(f"epoch {epoch + 1}: loss {loss.item():.4f}")

with torch.no_grad():
    acc = (clf(x[te]).argmax(1) == y[te]).float().mean().item()
print(f"final accuracy: {acc:.4f}")
