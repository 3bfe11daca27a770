import torch
import torch.nn as nn
import torch.nn.functional as F
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

torch.manual_seed(6)

digits = load_digits()
x_train, x_test, y_train, y_test = train_test_split(
    torch.tensor(digits.data / 16.0, dtype=torch.float32), torch.tensor(digits.target), test_size=0.3, random_state=6
)


class LowRank(nn.Module):
    """A frozen linear layer plus a trainable update of small rank, which starts at zero."""

    def __init__(self, base, rank=8, alpha=16.0):
        super().__init__()
        self.base = base.requires_grad_(False)
        self.down = nn.Parameter(torch.randn(rank, base.in_features) / base.in_features**0.5)
        self.up = nn.Parameter(torch.zeros(base.out_features, rank))
        self.scale = alpha / rank

    def forward(self, x):
        return self.base(x) + self.scale * F.linear(F.linear(x, self.down), self.up)


def fit(model, x, y, lr, epochs):
    optimizer = torch.optim.AdamW([p for p in model.parameters() if p.requires_grad], lr=lr, weight_decay=0.01)
    model.train()
    for _ in range(epochs):
        for idx in torch.randperm(len(x)).split(64):
            loss = F.cross_entropy(model(x[idx]), y[idx])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    return loss.item()


def score(model, x, y):
    model.eval()
    with torch.no_grad():
        return (model(x).argmax(1) == y).float().mean().item()


net = nn.Sequential(nn.Linear(64, 96), nn.ReLU(), nn.Linear(96, 96), nn.ReLU(), nn.Linear(96, 10))
print("base task, loss", round(fit(net, x_train, y_train, 2e-3, 12), 4), "accuracy", round(score(net, x_test, y_test), 4))

# the new task: the same digits, photographed as negatives and upside down
x_new, x_new_test = 1 - x_train.flip(1), 1 - x_test.flip(1)
print("before adaptation", round(score(net, x_new_test, y_test), 4))
for i in (0, 2, 4):
    net[i] = LowRank(net[i])
trainable = sum(p.numel() for p in net.parameters() if p.requires_grad)
print("trainable", trainable, "of", sum(p.numel() for p in net.parameters()))
print("adapted, loss", round(fit(net, x_new, y_train, 3e-3, 30), 4))
print(f"final accuracy: {score(net, x_new_test, y_test):.4f}")
