import io

import numpy as np
import pandas as pd
import torch
from sklearn.metrics import r2_score
from sklearn.preprocessing import StandardScaler
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

COLUMNS = ["co", "nmhc", "nox", "no2", "o3", "temp", "rh"]


def station_log(n=3000, seed=19):
    """CSV export of a street-level station."""
    rng = np.random.default_rng(seed)
    traffic = rng.gamma(3.0, 1.0, n)
    temp = rng.normal(17, 8, n)
    rh = np.clip(70 - 1.2 * (temp - 17) + rng.normal(0, 10, n), 8, 98)
    benzene = 2.0 * traffic + 0.1 * np.maximum(temp - 15, 0) * traffic / 3 + rng.normal(0, 0.6, n)
    table = pd.DataFrame(
        {
            "co": 0.6 * traffic + rng.normal(0, 0.15, n),
            "nmhc": 500 + 140 * traffic + rng.normal(0, 60, n),
            "nox": 60 + 55 * traffic + rng.normal(0, 30, n),
            "no2": 50 + 18 * traffic + rng.normal(0, 12, n),
            "o3": 900 - 80 * traffic + 6 * temp + rng.normal(0, 60, n),
            "temp": temp,
            "rh": rh,
        }
    )
    table[rng.random(table.shape) < 0.05] = -9999
    table["benzene"] = np.maximum(benzene, 0.1)
    return table.round(2).to_csv(index=False)


torch.manual_seed(19)
frame = pd.read_csv(io.StringIO(station_log()), na_values=[-9999])
train, test = frame.iloc[:2400], frame.iloc[2400:]
scaler = StandardScaler().fit(train[COLUMNS])


def features(df):
    x = df[COLUMNS].fillna(train[COLUMNS].median())
    return torch.tensor(scaler.transform(x), dtype=torch.float32)


def target(df):
    return torch.tensor(df["benzene"].to_numpy(), dtype=torch.float32).unsqueeze(1)


y_mean, y_std = target(train).mean(), target(train).std()
loader = DataLoader(TensorDataset(features(train), (target(train) - y_mean) / y_std), batch_size=64, shuffle=True)

model = nn.Sequential(nn.Linear(len(COLUMNS), 16), nn.ReLU(), nn.Linear(16, 1))
opt = torch.optim.Adam(model.parameters(), lr=2e-3)
loss_fn = nn.MSELoss()
for epoch in range(20):
    model.train()
    total = 0.0
    for x, y in loader:
        loss = loss_fn(model(x), y)
        opt.zero_grad()
        loss.backward()
        opt.step()
        total += loss.item() * len(x)
    print(f"epoch {epoch + 1} mse {total / len(train):.4f}")

model.eval()
with torch.no_grad():
    pred = model(features(test)) * y_std + y_mean
print(f"final r2: {r2_score(target(test).numpy(), pred.numpy()):.4f}")
