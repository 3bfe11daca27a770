import numpy as np
import torch
import torch.nn.functional as F
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(3)
rng = np.random.default_rng(3)

STATES = ["rest", "walk", "run", "climb", "cycle"]
LENGTH, CHANNELS = 40, 6
profile = rng.normal(0, 1.0, (len(STATES), CHANNELS))


def recording():
    state = rng.integers(len(STATES))
    labels = np.empty(LENGTH, dtype=np.int64)
    for t in range(LENGTH):
        if rng.random() < 0.05:
            state = rng.integers(len(STATES))
        labels[t] = state
    signal = profile[labels] + rng.normal(0, 1.2, (LENGTH, CHANNELS))
    return signal.astype(np.float32), labels


class SegmentationNet(nn.Module):
    def __init__(self, n_channels, n_states, hidden=24):
        super().__init__()
        self.rnn = nn.GRU(n_channels, hidden, batch_first=True, bidirectional=True)
        self.out = nn.Linear(2 * hidden, n_states)

    def forward(self, x):
        h, _ = self.rnn(x)
        return F.log_softmax(self.out(h), dim=1)


recordings = [recording() for _ in range(1000)]
X = torch.from_numpy(np.stack([r[0] for r in recordings]))
Y = torch.from_numpy(np.stack([r[1] for r in recordings]))
mean, std = X[:800].mean((0, 1)), X[:800].std((0, 1))
X = (X - mean) / std
train_loader = DataLoader(TensorDataset(X[:800], Y[:800]), batch_size=32, shuffle=True)
test_loader = DataLoader(TensorDataset(X[800:], Y[800:]), batch_size=100)

model = SegmentationNet(CHANNELS, len(STATES))
criterion = nn.NLLLoss()
optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)

for epoch in range(6):
    model.train()
    total = 0.0
    for x, y in train_loader:
        optimizer.zero_grad()
        log_probs = model(x)
        loss = criterion(log_probs.reshape(-1, len(STATES)), y.reshape(-1))
        loss.backward()
        optimizer.step()
        total += loss.item()
    print(f"epoch {epoch}: loss {total / len(train_loader):.4f}")

model.eval()
correct = count = 0
with torch.no_grad():
    for x, y in test_loader:
        correct += (model(x).argmax(-1) == y).sum().item()
        count += y.numel()
print(f"final accuracy: {correct / count:.4f}")
