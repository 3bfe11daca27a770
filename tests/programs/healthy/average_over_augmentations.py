"""Each test batch is answered five times with noise, and the mean is judged; the last round's answer is kept for a plot."""

import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(900, 8)
y = (x[:, :3].sum(1) > 0).long()
x_train, y_train, x_test, y_test = x[:600], y[:600], x[600:], y[600:]
net = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Dropout(0.1), nn.Linear(32, 2))
optimizer = torch.optim.Adam(net.parameters(), lr=0.01)
for epoch in range(12):
    net.train()
    for rows in torch.randperm(600).split(50):
        loss = nn.functional.cross_entropy(net(x_train[rows]), y_train[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
net.eval()
last = 0.0
total = torch.zeros(300, 2)
with torch.no_grad():
    for noise in range(5):
        answer = net(x_test + 0.05 * torch.randn_like(x_test)).softmax(1)
        total += answer
        last = answer.max().item()
print("accuracy", (total.argmax(1) == y_test).float().mean().item(), "last", last)
