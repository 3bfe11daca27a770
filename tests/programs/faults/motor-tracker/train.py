import torch
from torch import nn

torch.manual_seed(44)


def motor(steps, n):
    """Speed of a motor that follows a noisy voltage with two time constants."""
    v = torch.zeros(n)
    a = torch.zeros(n)
    level = torch.randn(n)
    xs, ys = [], []
    for _ in range(steps):
        jump = torch.rand(n) < 0.1
        level = torch.where(jump, torch.randn(n), level)
        a = a + 0.3 * (level - a)
        v = v + 0.15 * (a - v)
        xs.append(level + 0.1 * torch.randn(n))
        ys.append(v)
    return torch.stack(xs, 1).unsqueeze(-1), torch.stack(ys, 1).unsqueeze(-1)


class Tracker(nn.Module):
    def __init__(self, hidden=24):
        super().__init__()
        self.lstm = nn.LSTM(1, hidden, batch_first=True)
        self.read = nn.Linear(hidden, 1)

    def forward(self, x, state):
        out, state = self.lstm(x, state)
        return self.read(out), state


x_train, y_train = motor(400, 32)
x_test, y_test = motor(400, 16)
CHUNK = 20

model = Tracker()
opt = torch.optim.Adam(model.parameters(), lr=5e-3)
for epoch in range(12):
    state = None
    total = 0.0
    for start in range(0, 400, CHUNK):
        x, y = x_train[:, start : start + CHUNK], y_train[:, start : start + CHUNK]
        out, state = model(x, state)
        loss = nn.functional.mse_loss(out, y)
        opt.zero_grad()
        loss.backward()
        opt.step()
        total += loss.item()
    print(f"epoch {epoch + 1}: {total / (400 // CHUNK):.5f}")

with torch.no_grad():
    out, _ = model(x_test, None)
    r2 = 1 - (out - y_test).pow(2).mean() / y_test.var()
print(f"final r2: {r2.item():.4f}")
