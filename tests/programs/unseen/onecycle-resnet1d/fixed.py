import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
from mnist1d.data import get_dataset_args, make_dataset
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(9)
np.random.seed(9)
EPOCHS = 7

spec = get_dataset_args()
spec.num_samples = 4000
data = make_dataset(spec)
x = torch.tensor(data["x"], dtype=torch.float32).unsqueeze(1)
x_test = torch.tensor(data["x_test"], dtype=torch.float32).unsqueeze(1)
mean, std = x.mean(), x.std()
x, x_test = (x - mean) / std, (x_test - mean) / std
y, y_test = torch.tensor(data["y"]), torch.tensor(data["y_test"])


class Residual(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.conv1 = nn.Conv1d(c, c, 5, padding=2, bias=False)
        self.bn1 = nn.BatchNorm1d(c)
        self.conv2 = nn.Conv1d(c, c, 5, padding=2, bias=False)
        self.bn2 = nn.BatchNorm1d(c)
        nn.init.zeros_(self.bn2.weight)  # every block starts as the identity

    def forward(self, x):
        return F.relu(x + self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x))))))


class ResNet1d(nn.Module):
    def __init__(self, c=24):
        super().__init__()
        self.stem = nn.Sequential(nn.Conv1d(1, c, 5, padding=2, bias=False), nn.BatchNorm1d(c), nn.ReLU(), nn.MaxPool1d(2))
        self.blocks = nn.Sequential(Residual(c), nn.MaxPool1d(2), Residual(c))
        self.head = nn.Linear(c * 10, 10)
        nn.init.zeros_(self.head.weight)
        nn.init.zeros_(self.head.bias)

    def forward(self, x):
        return self.head(self.blocks(self.stem(x)).flatten(1))


loader = DataLoader(TensorDataset(x, y), batch_size=64, shuffle=True, drop_last=True)
model = ResNet1d()
optimizer = torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9, weight_decay=5e-4, nesterov=True)
scheduler = torch.optim.lr_scheduler.OneCycleLR(optimizer, max_lr=0.3, epochs=EPOCHS, steps_per_epoch=len(loader))

for epoch in range(EPOCHS):
    model.train()
    total = 0.0
    for xb, yb in loader:
        optimizer.zero_grad()
        loss = F.cross_entropy(model(xb), yb, label_smoothing=0.05)
        loss.backward()
        optimizer.step()
        scheduler.step()
        total += loss.item()
    print(f"epoch {epoch + 1} lr {scheduler.get_last_lr()[0]:.5f} loss {total / len(loader):.4f}")

model.eval()
with torch.no_grad():
    accuracy = (model(x_test).argmax(1) == y_test).float().mean().item()
print(f"final accuracy: {accuracy:.4f}")
