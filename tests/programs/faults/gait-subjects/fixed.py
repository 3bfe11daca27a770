import numpy as np
import torch
from sklearn.model_selection import GroupShuffleSplit
from torch import nn

rng = np.random.default_rng(77)
torch.manual_seed(77)

# 120 people, 20 strides each
people, strides = 120, 20
frail = np.arange(people) % 2
habits = rng.normal(0, 1.0, (people, 12))  # how this person walks
habits[:, 0] += 1.0 * (2 * frail - 1)
habits[:, 1] -= 0.9 * (2 * frail - 1)
habits[:, 2] += 0.6 * (2 * frail - 1)
x = np.repeat(habits, strides, axis=0) + 0.25 * rng.standard_normal((people * strides, 12))
y = np.repeat(frail, strides)
person = np.repeat(np.arange(people), strides)

splitter = GroupShuffleSplit(n_splits=1, test_size=0.3, random_state=4)
train, test = next(splitter.split(x, y, groups=person))

scale = x[train].std(0)
x = torch.tensor(x / scale, dtype=torch.float32)
y = torch.tensor(y, dtype=torch.float32)

model = nn.Sequential(nn.Linear(12, 32), nn.ReLU(), nn.Dropout(0.3), nn.Linear(32, 1), nn.Flatten(0))
optimizer = torch.optim.AdamW(model.parameters(), lr=2e-3, weight_decay=0.05)
criterion = nn.BCEWithLogitsLoss()
train, test = torch.from_numpy(train), torch.from_numpy(test)

for epoch in range(12):
    model.train()
    for idx in train[torch.randperm(len(train))].split(64):
        optimizer.zero_grad()
        loss = criterion(model(x[idx]), y[idx])
        loss.backward()
        optimizer.step()
    model.eval()
    with torch.no_grad():
        acc = [((model(x[part]) > 0) == y[part].bool()).float().mean().item() for part in (train, test)]
    print(f"epoch {epoch + 1:2d}: train accuracy {acc[0]:.4f}, test accuracy {acc[1]:.4f}")

print(f"final accuracy: {acc[1]:.4f}")
