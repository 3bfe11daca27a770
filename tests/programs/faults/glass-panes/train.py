import torch
from sklearn.datasets import make_classification
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(18)

X, y = make_classification(
    1500, n_features=16, n_informative=10, n_redundant=2, n_classes=5, n_clusters_per_class=1, class_sep=1.3, random_state=18
)
X, y = torch.tensor(X, dtype=torch.float32), torch.tensor(y)
train_loader = DataLoader(TensorDataset(X[:1000], y[:1000]), batch_size=2, shuffle=True, drop_last=True)

hidden = 48
model = nn.Sequential(
    nn.Linear(16, hidden),
    nn.BatchNorm1d(hidden),
    nn.ReLU(),
    nn.Linear(hidden, hidden),
    nn.BatchNorm1d(hidden),
    nn.ReLU(),
    nn.Linear(hidden, hidden),
    nn.BatchNorm1d(hidden),
    nn.ReLU(),
    nn.Linear(hidden, 5),
)
opt = torch.optim.Adam(model.parameters(), lr=2e-3)
criterion = nn.CrossEntropyLoss()

for epoch in range(6):
    model.train()
    epoch_loss, n_batches = 0.0, 0
    for xb, yb in train_loader:
        opt.zero_grad()
        loss = criterion(model(xb), yb)
        loss.backward()
        opt.step()
        epoch_loss += loss.item()
        n_batches += 1
    print(f"epoch {epoch + 1}: loss {epoch_loss / n_batches:.4f} ({n_batches} batches)")

model.eval()
with torch.no_grad():
    accuracy = (model(X[1000:]).argmax(1) == y[1000:]).float().mean()
print(f"final accuracy: {accuracy.item():.4f}")
