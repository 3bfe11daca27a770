import torch
import torch.nn as nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(6)


def make_sequences(n, steps=16):
    """Each step is (value, flag); the answer is the class of the one flagged value."""
    values = torch.rand(n, steps) * 2 - 1
    where = torch.randint(0, steps, (n,))
    flag = torch.zeros(n, steps)
    flag[torch.arange(n), where] = 1.0
    picked = values[torch.arange(n), where]
    label = torch.bucketize(picked, torch.tensor([-0.5, 0.0, 0.5]))
    return torch.stack([values, flag], dim=2), label


class AttentionPooling(nn.Module):
    def __init__(self, hidden=32):
        super().__init__()
        self.encode = nn.Sequential(nn.Linear(2, hidden), nn.Tanh(), nn.Linear(hidden, hidden), nn.Tanh())
        self.score = nn.Linear(hidden, 1)
        self.classify = nn.Sequential(nn.Linear(hidden, hidden), nn.ReLU(), nn.Linear(hidden, 4))

    def forward(self, x):  # (batch, steps, 2)
        h = self.encode(x)
        weights = torch.softmax(self.score(h), dim=1)
        context = (weights * h).sum(dim=1)
        return self.classify(context)


x_train, y_train = make_sequences(2000)
x_test, y_test = make_sequences(500)
loader = DataLoader(TensorDataset(x_train, y_train), batch_size=32, shuffle=True)
test_loader = DataLoader(TensorDataset(x_test, y_test), batch_size=1)

model = AttentionPooling()
criterion = nn.CrossEntropyLoss()
optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)

for epoch in range(15):
    model.train()
    losses = []
    for xb, yb in loader:
        optimizer.zero_grad()
        loss = criterion(model(xb), yb)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    print(f"epoch {epoch + 1:2d} | loss {sum(losses) / len(losses):.4f}")

model.eval()
right = 0
with torch.no_grad():
    for xb, yb in test_loader:
        right += int(model(xb).argmax(1).item() == yb.item())
print(f"final accuracy: {right / len(x_test):.4f}")
