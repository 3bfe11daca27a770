"""A teacher that is the running average of its student gives targets for rows without labels, with its dropout on."""

import copy

import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(2)
x = torch.randn(1280, 8)
y = (x[:, 0] + 0.5 * x[:, 1] ** 2 > 0.4).long()
labelled, unlabelled, held_out = x[:256], x[256:1024], x[1024:]
student = nn.Sequential(nn.Linear(8, 64), nn.ReLU(), nn.Dropout(0.1), nn.Linear(64, 2))
teacher = copy.deepcopy(student)
optimizer = torch.optim.AdamW(student.parameters(), lr=5e-3)

for step in range(300):
    rows = torch.randint(0, len(labelled), (64,))
    others = torch.randint(0, len(unlabelled), (64,))
    with torch.no_grad():
        wanted = teacher(unlabelled[others]).softmax(1)
    loss = F.cross_entropy(student(labelled[rows]), y[:256][rows])
    loss = loss + 0.3 * F.mse_loss(student(unlabelled[others]).softmax(1), wanted)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    with torch.no_grad():
        for mean, value in zip(teacher.parameters(), student.parameters()):
            mean.lerp_(value, 0.05)

teacher.eval()
with torch.no_grad():
    print(f"accuracy {(teacher(held_out).argmax(1) == y[1024:]).float().mean():.3f}")
