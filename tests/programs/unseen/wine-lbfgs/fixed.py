"""Multinomial logistic regression on the wine data, fitted with L-BFGS."""

import torch
import torch.nn.functional as F
from sklearn.datasets import load_wine
from sklearn.model_selection import train_test_split

torch.manual_seed(0)
x, y = load_wine(return_X_y=True)
x_train, x_test, y_train, y_test = train_test_split(x, y, test_size=0.3, stratify=y, random_state=0)
x_train, x_test = torch.tensor(x_train, dtype=torch.float64), torch.tensor(x_test, dtype=torch.float64)
y_train, y_test = torch.tensor(y_train), torch.tensor(y_test)
mu, sd = x_train.mean(0), x_train.std(0)
x_train, x_test = (x_train - mu) / sd, (x_test - mu) / sd

weight = torch.zeros(13, 3, dtype=torch.float64, requires_grad=True)
bias = torch.zeros(3, dtype=torch.float64, requires_grad=True)
optimizer = torch.optim.LBFGS([weight, bias], lr=1.0, max_iter=20, history_size=10, line_search_fn="strong_wolfe")


def objective():
    optimizer.zero_grad()
    nll = F.cross_entropy(x_train @ weight + bias, y_train, reduction="sum")
    loss = nll + 0.5 * weight.pow(2).sum()
    loss.backward()
    return loss


for outer in range(5):
    loss = optimizer.step(objective)
    print(f"outer step {outer + 1}: penalised negative log-likelihood {loss.item():.6f}")

with torch.no_grad():
    accuracy = ((x_test @ weight + bias).argmax(1) == y_test).double().mean().item()
print(f"final accuracy: {accuracy:.4f}")
