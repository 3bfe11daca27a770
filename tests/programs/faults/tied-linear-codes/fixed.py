"""A linear auto-encoder finds the same subspace as PCA."""

import torch
from sklearn.datasets import load_digits
from sklearn.decomposition import PCA
from torch import nn

torch.manual_seed(25)
x = load_digits().data / 16.0
x_train, x_test = x[:1300], x[1300:]
pca = PCA(10).fit(x_train)
reachable = ((x_test - pca.inverse_transform(pca.transform(x_test))) ** 2).mean()

x_train, x_test = (torch.tensor(a, dtype=torch.float32) for a in (x_train, x_test))
mean = x_train.mean(0)


class Tied(nn.Module):
    def __init__(self, n_in, k):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(k, n_in) * 0.1)

    def forward(self, x):
        return nn.functional.linear(nn.functional.linear(x, self.weight), self.weight.T)


model = Tied(64, 10)
optimizer = torch.optim.Adam(model.parameters(), lr=5e-3)
for epoch in range(30):
    total = 0.0
    for idx in torch.randperm(1300).split(65):
        centred = x_train[idx] - mean
        loss = nn.functional.mse_loss(model(centred), centred)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        total += loss.item() / 20
    if epoch % 5 == 4:
        print(f"epoch {epoch + 1}: {total:.5f}")

with torch.no_grad():
    error = nn.functional.mse_loss(model(x_test - mean), x_test - mean).item()
print(f"auto-encoder {error:.5f}, pca {reachable:.5f}")
print(f"final relative error: {error / reachable:.4f}")
