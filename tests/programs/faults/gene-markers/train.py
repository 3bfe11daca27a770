import numpy as np
import torch
from torch import nn

torch.manual_seed(16)
rng = np.random.default_rng(16)

# expression of 150 genes in 900 samples; 8 of them decide the phenotype
n, d = 900, 150
expr = rng.standard_normal((n, d))
markers = rng.choice(d, 8, replace=False)
effect = rng.choice([-1.5, 1.5], 8)
phenotype = (expr[:, markers] @ effect + 0.6 * rng.standard_normal(n) > 0).astype(np.float32)

x = torch.tensor(expr, dtype=torch.float32)
t = torch.tensor(phenotype).unsqueeze(1)
x_train, t_train, x_test, t_test = x[:600], t[:600], x[600:], t[600:]

net = nn.Sequential(nn.Linear(d, 16), nn.ReLU(), nn.Linear(16, 1))
optimizer = torch.optim.Adam(net.parameters(), lr=3e-3)
bce = nn.BCEWithLogitsLoss()
l1_strength = 0.5

for epoch in range(60):
    for rows in torch.randperm(600).chunk(20):
        optimizer.zero_grad()
        data_term = bce(net(x_train[rows]), t_train[rows])
        l1 = sum(p.abs().sum() for name, p in net.named_parameters() if name.endswith("weight"))
        (data_term + l1_strength * l1).backward()
        optimizer.step()
    if epoch % 10 == 9:
        print(f"epoch {epoch + 1}: bce {data_term.item():.4f}, l1 norm {l1.item():.2f}")

with torch.no_grad():
    acc = ((net(x_test) > 0) == (t_test > 0.5)).float().mean().item()
strongest = net[0].weight.abs().sum(0).topk(8).indices.tolist()
print("true markers among the 8 strongest:", len(set(strongest) & set(markers.tolist())))
print(f"final accuracy: {acc:.4f}")
