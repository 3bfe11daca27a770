import numpy as np
import torch
from torch import nn

torch.manual_seed(55)
rng = np.random.default_rng(55)

# travel times: the spread depends on the hour as much as the mean
n = 3000
hour = rng.uniform(0, 24, n)
distance = rng.uniform(1, 20, n)
rush = np.exp(-(((hour - 8) / 2) ** 2)) + np.exp(-(((hour - 17) / 2.5) ** 2))
minutes = distance * (1.5 + 1.2 * rush) + rng.normal(0, 1, n) * (0.5 + 3.0 * rush)
inputs = np.column_stack([np.sin(hour * np.pi / 12), np.cos(hour * np.pi / 12), distance])

x_mean, x_std = inputs[:2400].mean(0), inputs[:2400].std(0)
y_mean, y_std = minutes[:2400].mean(), minutes[:2400].std()
x = torch.tensor((inputs - x_mean) / x_std, dtype=torch.float32)
y = torch.tensor((minutes - y_mean) / y_std, dtype=torch.float32)
x_train, x_test, y_train, y_test = x[:2400], x[2400:], y[:2400], y[2400:]


class GaussianNet(nn.Module):
    def __init__(self, n_in, hidden=48):
        super().__init__()
        self.trunk = nn.Sequential(nn.Linear(n_in, hidden), nn.Tanh(), nn.Linear(hidden, hidden), nn.Tanh())
        self.mean = nn.Linear(hidden, 1)
        self.log_var = nn.Linear(hidden, 1)

    def forward(self, x):
        h = self.trunk(x)
        return self.mean(h).squeeze(-1), self.log_var(h).squeeze(-1)


def nll(mean, log_var, target):
    return 0.5 * (log_var + (target - mean) ** 2 * torch.exp(-log_var)).mean()


net = GaussianNet(x.shape[1])
optimizer = torch.optim.Adam(net.parameters(), lr=3e-3)
scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=40)
for epoch in range(40):
    net.train()
    losses = []
    for idx in torch.randperm(len(x_train)).split(64):
        optimizer.zero_grad()
        loss = nll(*net(x_train[idx]), y_train[idx])
        loss.backward()
        nn.utils.clip_grad_norm_(net.parameters(), 5.0)
        optimizer.step()
        losses.append(loss.item())
    scheduler.step()
    if epoch % 10 == 9:
        print(f"epoch {epoch + 1} nll {np.mean(losses):.4f}")

net.eval()
with torch.no_grad():
    mean, log_var = net(x_test)
    inside = ((y_test - mean).abs() < 1.96 * torch.exp(0.5 * log_var)).float().mean().item()
    test_nll = nll(mean, log_var, y_test).item()
print(f"share of the test set inside the 95% interval {inside:.3f}")
print(f"final nll: {test_nll:.4f}")
