"""Rare events that can only be ranked: nearly none has a chance over a half, and the model is judged by its ranking."""

import torch
from torch import nn

from sklearn.metrics import average_precision_score, roc_auc_score

torch.manual_seed(0)
x = torch.randn(4000, 6)
chance = torch.sigmoid(x[:, 0] + x[:, 1] - 3.2)
y = (torch.rand(4000) < chance).float()
x_train, y_train, x_test, y_test = x[:3000], y[:3000], x[3000:], y[3000:]
net = nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, 1))
optimizer = torch.optim.Adam(net.parameters(), lr=0.005)
for epoch in range(8):
    net.train()
    for rows in torch.randperm(3000).split(100):
        loss = nn.functional.binary_cross_entropy_with_logits(net(x_train[rows]).squeeze(1), y_train[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
net.eval()
with torch.no_grad():
    score = torch.sigmoid(net(x_test)).squeeze(1).numpy()
print("area under the curve", roc_auc_score(y_test.numpy(), score), average_precision_score(y_test.numpy(), score))
