import numpy as np
import torch
from torch import nn

torch.manual_seed(8)
rng = np.random.default_rng(8)

# hourly load of a small grid: daily and weekly rhythm plus a slow drift
hours = np.arange(24 * 7 * 20)
load = (
    60
    + 15 * np.sin(2 * np.pi * hours / 24)
    + 6 * np.sin(2 * np.pi * hours / (24 * 7))
    + 3 * np.sin(2 * np.pi * hours / 1500)
    + rng.normal(0, 1.5, len(hours))
)
n_train = 24 * 7 * 15
mean, std = load[:n_train].mean(), load[:n_train].std()
series = torch.tensor((load - mean) / std, dtype=torch.float32)

STREAMS, CHUNK = 5, 24
train = series[:n_train].reshape(STREAMS, -1, 1)


class LoadModel(nn.Module):
    def __init__(self, hidden_size=32):
        super().__init__()
        self.gru = nn.GRU(1, hidden_size, batch_first=True)
        self.head = nn.Linear(hidden_size, 1)

    def forward(self, x, hidden=None):
        out, hidden = self.gru(x, hidden)
        return self.head(out), hidden


model = LoadModel()
optimizer = torch.optim.Adam(model.parameters(), lr=5e-3)
criterion = nn.MSELoss()

for epoch in range(25):
    model.train()
    hidden = None
    losses = []
    for start in range(0, train.shape[1] - CHUNK, CHUNK):
        x = train[:, start : start + CHUNK]
        y = train[:, start + 1 : start + CHUNK + 1]
        pred, hidden = model(x, hidden)
        loss = criterion(pred, y)
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        losses.append(loss.item())
    if epoch % 5 == 4:
        print(f"epoch {epoch + 1} loss {np.mean(losses):.4f}")

model.eval()
with torch.no_grad():
    pred, _ = model(series[None, :-1, None])
test_pred, test_true = pred[0, n_train:, 0], series[n_train + 1 :]
mae = (test_pred - test_true).abs().mean().item() * std
naive = (series[n_train:-1] - test_true).abs().mean().item() * std
print(f"mae of the last value as forecast: {naive:.4f}")
print(f"final mae: {mae:.4f}")
