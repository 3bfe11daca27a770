"""A graph network that labels the nodes of one graph: each answer depends on the neighbours, as it should."""

import torch
from torch import nn
from torch.nn import functional as F

torch.manual_seed(0)
NODES, CLASSES = 300, 3
labels = torch.randint(0, CLASSES, (NODES,))
features = 0.8 * F.one_hot(labels, CLASSES).float() @ torch.randn(CLASSES, 8) + torch.randn(NODES, 8)
alike = labels[:, None] == labels
edges = torch.rand(NODES, NODES) < torch.where(alike, 0.04, 0.005)
edges = (edges | edges.T | torch.eye(NODES, dtype=torch.bool)).float()
degree = edges.sum(1).rsqrt()
spread = degree[:, None] * edges * degree
known = torch.randperm(NODES)
train, test = known[:200], known[200:]


class GraphNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.first, self.second = nn.Linear(8, 16), nn.Linear(16, CLASSES)

    def forward(self, x, spread):
        return spread @ self.second(torch.relu(spread @ self.first(x)))


model = GraphNet()
optimizer = torch.optim.Adam(model.parameters(), lr=2e-2, weight_decay=5e-4)
for epoch in range(80):
    model.train()
    loss = F.cross_entropy(model(features, spread)[train], labels[train])
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
model.eval()
with torch.no_grad():
    answers = model(features, spread).argmax(1)
    print("accuracy", (answers == labels)[test].float().mean().item())
