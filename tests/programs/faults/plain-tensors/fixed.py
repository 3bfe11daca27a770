# two-layer network written out with plain tensors
import torch
from sklearn.datasets import make_friedman1

torch.manual_seed(31)
X, t = make_friedman1(1200, n_features=8, noise=0.3, random_state=31)
X = torch.tensor(X * 2 - 1, dtype=torch.float32)
t = torch.tensor(t, dtype=torch.float32).view(-1, 1)
mean, std = t[:900].mean(), t[:900].std()
t = (t - mean) / std

W1 = (torch.randn(8, 40) * (2 / 8) ** 0.5).requires_grad_()
b1 = torch.zeros(40, requires_grad=True)
W2 = (torch.randn(40, 1) * (1 / 40) ** 0.5).requires_grad_()
b2 = torch.zeros(1, requires_grad=True)
params = [W1, b1, W2, b2]
eta = 0.05


def predict(x):
    return torch.relu(x @ W1 + b1) @ W2 + b2


for epoch in range(40):
    sum_sq = 0.0
    for rows in torch.randperm(900).split(30):
        err = predict(X[rows]) - t[rows]
        loss = (err**2).mean()
        loss.backward()
        with torch.no_grad():
            for p in params:
                p -= eta * p.grad
                p.grad.zero_()
        sum_sq += loss.item() * len(rows)
    if (epoch + 1) % 8 == 0:
        print("epoch", epoch + 1, "mse", sum_sq / 900)

with torch.no_grad():
    r2 = 1 - ((predict(X[900:]) - t[900:]) ** 2).mean() / t[900:].var()
print(f"final r2: {r2.item():.4f}")
