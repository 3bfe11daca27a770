import numpy as np
import torch
import torch.nn as nn
from torch.utils.data import DataLoader, TensorDataset

SEED = 6
rng = np.random.default_rng(SEED)
torch.manual_seed(SEED)


def river(days):
    rain = rng.gamma(0.4, 9.0, days)
    lag = np.arange(21.0)
    response = lag**2 * np.exp(-lag / 2.0)  # rain reaches the gauge over the following days
    flow = np.convolve(rain, response / response.sum())[:days]
    return np.log(flow + 1) + 0.02 * rng.standard_normal(days)


def windows(series, length=10):
    """Inputs: `length` past days.  Target: the day after them."""
    xs, ys = [], []
    for start in range(len(series) - length):
        xs.append(series[start : start + length])
        ys.append(series[start + length])
    return torch.tensor(np.array(xs), dtype=torch.float32), torch.tensor(np.array(ys), dtype=torch.float32)


series = river(2000)
split = 1500
mu, sigma = series[:split].mean(), series[:split].std()
series = (series - mu) / sigma
x_train, y_train = windows(series[:split])
x_test, y_test = windows(series[split:])

model = nn.Sequential(nn.Linear(10, 32), nn.ReLU(), nn.Linear(32, 1), nn.Flatten(0))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
loader = DataLoader(TensorDataset(x_train, y_train), batch_size=32, shuffle=True)
for epoch in range(30):
    for xb, yb in loader:
        optimizer.zero_grad()
        loss = nn.functional.mse_loss(model(xb), yb)
        loss.backward()
        optimizer.step()
    if epoch % 5 == 4:
        with torch.no_grad():
            train_mse = nn.functional.mse_loss(model(x_train), y_train).item()
            test_mse = nn.functional.mse_loss(model(x_test), y_test).item()
        print(f"epoch {epoch + 1}: train {train_mse:.5f} test {test_mse:.5f}")

with torch.no_grad():
    mse = nn.functional.mse_loss(model(x_test), y_test)
naive = nn.functional.mse_loss(x_test[:, -1], y_test)
print(f"yesterday's value as forecast: r2 {1 - (naive / y_test.var()).item():.4f}")
print(f"final r2: {1 - (mse / y_test.var()).item():.4f}")
