"""Cross-validation: each fold has a model, an optimizer and a schedule of its own; sharpness-aware steps take two gradients each."""

import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(7)
x = torch.randn(600, 6)
y = (x[:, 0] - x[:, 1] + 0.3 * torch.randn(600) > 0).long()
scores = []
for rows in torch.randperm(600).split(150):
    rest = torch.tensor([row for row in range(600) if row not in set(rows.tolist())])
    model = nn.Sequential(nn.Linear(6, 32), nn.ReLU(), nn.Dropout(0.1), nn.Linear(32, 2))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=8)
    for epoch in range(8):
        model.train()
        for batch in rest[torch.randperm(len(rest))].split(50):
            F.cross_entropy(model(x[batch]), y[batch]).backward()
            with torch.no_grad():
                steps = [0.02 * p.grad / (p.grad.norm() + 1e-12) for p in model.parameters()]
                for p, step in zip(model.parameters(), steps):
                    p.add_(step)
            optimizer.zero_grad()
            F.cross_entropy(model(x[batch]), y[batch]).backward()
            with torch.no_grad():
                for p, step in zip(model.parameters(), steps):
                    p.sub_(step)
            optimizer.step()
            optimizer.zero_grad()
        schedule.step()
    model.eval()
    with torch.no_grad():
        scores.append((model(x[rows]).argmax(1) == y[rows]).float().mean().item())
print(f"accuracy {sum(scores) / len(scores):.3f}")
