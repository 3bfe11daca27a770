import torch
import torch.nn as nn
from sklearn.datasets import make_classification
from torch.utils.data import DataLoader, TensorDataset, random_split

torch.manual_seed(24)


class AssayNet(nn.Module):
    """Raw plate-reader units go in; the first layer brings the channels to one scale."""

    def __init__(self, n_channels, n_classes):
        super().__init__()
        self.norm = nn.BatchNorm1d(n_channels, momentum=0.02)
        self.net = nn.Sequential(
            nn.Linear(n_channels, 64), nn.ReLU(), nn.Dropout(0.2), nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, n_classes)
        )

    def forward(self, x):
        return self.net(self.norm(x))


def evaluate(model, loader):
    model.eval()
    right = count = 0
    with torch.no_grad():
        for x, y in loader:
            right += (model(x).argmax(1) == y).sum().item()
            count += len(y)
    return right / count


def train(model, train_loader, val_loader, epochs=40):
    criterion = nn.CrossEntropyLoss()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9)
    for epoch in range(epochs):
        model.train()
        loss_sum = 0.0
        for x, y in train_loader:
            optimizer.zero_grad()
            loss = criterion(model(x), y)
            loss.backward()
            optimizer.step()
            loss_sum += loss.item()
        if epoch % 5 == 4:
            print(f"epoch {epoch + 1}: loss {loss_sum / len(train_loader):.4f}, val accuracy {evaluate(model, val_loader):.4f}")
        else:
            evaluate(model, val_loader)


X, y = make_classification(1200, 12, n_informative=8, n_redundant=2, n_classes=3, class_sep=1.8, random_state=24)
gain = torch.logspace(0, 3, 12)
X = torch.tensor(X, dtype=torch.float32) * gain + 20 * gain
data = TensorDataset(X, torch.tensor(y))
train_set, val_set, test_set = random_split(data, [720, 240, 240])

model = AssayNet(12, 3)
train(model, DataLoader(train_set, batch_size=72, shuffle=True), DataLoader(val_set, batch_size=240))
print(f"final accuracy: {evaluate(model, DataLoader(test_set, batch_size=240)):.4f}")
