import torch
from torch import nn

torch.manual_seed(17)
T, N, F = 30, 40, 3


def batch(n):
    """Walks in three dimensions; label: which axis has the strongest drift.  Shape (time, batch, axis)."""
    y = torch.randint(0, 3, (n,))
    drift = 0.35 * nn.functional.one_hot(y, 3).float()
    steps = torch.randn(T, n, F) * 0.6 + drift * torch.where(torch.rand(n, 1) < 0.5, -1.0, 1.0)
    return steps.cumsum(0), y


class WalkLSTM(nn.Module):
    def __init__(self, hidden=32):
        super().__init__()
        self.lstm = nn.LSTM(F, hidden)
        self.out = nn.Linear(hidden, 3)

    def forward(self, x):
        states, _ = self.lstm(x / 5)
        return self.out(states[-1])


model = WalkLSTM()
optimizer = torch.optim.Adam(model.parameters(), lr=5e-3)
loss_fn = nn.CrossEntropyLoss()
for step in range(1, 401):
    x, y = batch(N)
    assert x.shape == (T, N, F)
    loss = loss_fn(model(x), y)
    optimizer.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
    if step % 50 == 0:
        print(f"step {step}: loss {loss.item():.4f}")

model.eval()
with torch.no_grad():
    x, y = batch(1000)
    acc = (model(x).argmax(-1) == y).float().mean().item()
print(f"final accuracy: {acc:.4f}")
