"""Disease progression with uncertainty: Monte Carlo dropout (Gal and Ghahramani, 2016)."""

import torch
from sklearn.datasets import load_diabetes
from sklearn.model_selection import train_test_split
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(2)

x, y = load_diabetes(return_X_y=True)
x_train, x_test, y_train, y_test = (
    torch.tensor(a, dtype=torch.float32) for a in train_test_split(x, y, test_size=0.25, random_state=30)
)
x_mu, x_sd = x_train.mean(0), x_train.std(0)
y_mu, y_sd = y_train.mean(), y_train.std()
x_train, x_test = (x_train - x_mu) / x_sd, (x_test - x_mu) / x_sd
t_train = ((y_train - y_mu) / y_sd).unsqueeze(1)

net = nn.Sequential(
    nn.Linear(10, 64),
    nn.ReLU(),
    nn.Dropout(0.2),
    nn.Linear(64, 64),
    nn.ReLU(),
    nn.Dropout(0.2),
    nn.Linear(64, 1),
)
optimizer = torch.optim.Adam(net.parameters(), lr=1e-3, weight_decay=1e-3)
loader = DataLoader(TensorDataset(x_train, t_train), batch_size=32, shuffle=True)

net.train()
for epoch in range(1, 41):
    total = 0.0
    for xb, tb in loader:
        loss = nn.functional.mse_loss(net(xb), tb)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        total += loss.item() * len(xb)
    if epoch % 10 == 0:
        print(f"epoch {epoch} mse {total / len(x_train):.4f}")


@torch.no_grad()
def predict(net, x, passes=200):
    """Mean and spread over stochastic passes, dropout kept on to sample from the posterior."""
    net.train()
    draws = torch.stack([net(x).squeeze(1) for _ in range(passes)])
    return draws.mean(0) * y_sd + y_mu, draws.std(0) * y_sd


mean, spread = predict(net, x_test)
print(f"mean predictive spread {spread.mean().item():.1f}")
r2 = 1 - ((mean - y_test) ** 2).sum() / ((y_test - y_test.mean()) ** 2).sum()
print(f"final r2: {r2.item():.4f}")
