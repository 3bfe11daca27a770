"""Active learning: the pool is scored, the least certain rows are labelled and moved to the training rows."""

import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(1200, 6)
y = (x[:, 0] + x[:, 1] * x[:, 2] > 0).long()
x_test, y_test = x[900:], y[900:]
labelled = torch.zeros(900, dtype=torch.bool)
labelled[:100] = True
net = nn.Sequential(nn.Linear(6, 32), nn.ReLU(), nn.Linear(32, 32), nn.ReLU(), nn.Linear(32, 2))
optimizer = torch.optim.Adam(net.parameters(), lr=0.005)
for cycle in range(6):
    known = labelled.nonzero().squeeze(1)
    for epoch in range(8):
        for rows in known[torch.randperm(len(known))].split(32):
            loss = nn.functional.cross_entropy(net(x[rows]), y[rows])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    with torch.no_grad():
        pool = (~labelled).nonzero().squeeze(1)
        sure = net(x[pool]).softmax(1).max(1).values
        labelled[pool[sure.argsort()[:60]]] = True
        accuracy = (net(x_test).argmax(1) == y_test).float().mean().item()
    print(f"{len(known)} labels: accuracy {accuracy:.3f}")
