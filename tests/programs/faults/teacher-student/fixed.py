import torch
import torch.nn as nn
import torch.nn.functional as F
from sklearn.datasets import make_classification
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(10)
X, y = make_classification(
    3000, n_features=20, n_informative=12, n_redundant=4, n_classes=4, n_clusters_per_class=2, class_sep=1.6, random_state=10
)
X, y = torch.tensor(X, dtype=torch.float32), torch.tensor(y)
train_set = TensorDataset(X[:2200], y[:2200])
loader = DataLoader(train_set, batch_size=64, shuffle=True)


def mlp(width, dropout=0.0):
    return nn.Sequential(
        nn.Linear(20, width),
        nn.BatchNorm1d(width),
        nn.ReLU(),
        nn.Dropout(dropout),
        nn.Linear(width, width),
        nn.ReLU(),
        nn.Dropout(dropout),
        nn.Linear(width, 4),
    )


def accuracy(net):
    net.eval()
    with torch.no_grad():
        return (net(X[2200:]).argmax(1) == y[2200:]).float().mean().item()


teacher = mlp(128, dropout=0.2)
opt = torch.optim.Adam(teacher.parameters(), lr=2e-3)
for _ in range(15):
    teacher.train()
    for xb, yb in loader:
        opt.zero_grad()
        F.cross_entropy(teacher(xb), yb).backward()
        opt.step()
print(f"teacher accuracy {accuracy(teacher):.4f}")

student = mlp(24)
opt = torch.optim.Adam(student.parameters(), lr=5e-3)
temperature, alpha = 3.0, 0.7
teacher.eval()
for epoch in range(20):
    student.train()
    total = 0.0
    for xb, yb in loader:
        with torch.no_grad():
            soft_targets = F.softmax(teacher(xb) / temperature, dim=1)
        logits = student(xb)
        soft = F.kl_div(F.log_softmax(logits / temperature, dim=1), soft_targets, reduction="batchmean") * temperature**2
        hard = F.cross_entropy(logits, yb)
        loss = alpha * soft + (1 - alpha) * hard
        opt.zero_grad()
        loss.backward()
        opt.step()
        total += loss.item()
    if epoch % 5 == 4:
        print(f"epoch {epoch + 1}: loss {total / len(loader):.4f}")

print(f"final accuracy: {accuracy(student):.4f}")
