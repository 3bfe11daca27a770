"""After the training every row, trained on or not, is scored for a table of results."""

import numpy as np
import torch
from torch import nn

from sklearn.model_selection import train_test_split

torch.manual_seed(0)
rng = np.random.default_rng(0)
x = rng.normal(size=(900, 8)).astype("float32")
y = (x[:, :3].sum(1) + 0.3 * rng.normal(size=900) > 0).astype("int64")
train, test = train_test_split(np.arange(900), test_size=0.25, random_state=0)
x, y = torch.tensor(x), torch.tensor(y)
net = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 2))
optimizer = torch.optim.Adam(net.parameters(), lr=0.01)
for epoch in range(12):
    net.train()
    for rows in torch.tensor(train)[torch.randperm(len(train))].split(45):
        loss = nn.functional.cross_entropy(net(x[rows]), y[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
net.eval()
with torch.no_grad():
    print("accuracy", (net(x[test]).argmax(1) == y[test]).float().mean().item())
    chances = net(x).softmax(1)[:, 1]
print("mean chance", chances.mean().item())
