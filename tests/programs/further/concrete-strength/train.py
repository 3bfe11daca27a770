import numpy as np
import pandas as pd
import torch
import torch.nn as nn
from sklearn.metrics import mean_absolute_error, r2_score
from sklearn.model_selection import train_test_split
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(2)


def make_mixes(n=3000, seed=2):
    """Concrete mixes in kg/m3, curing age in days, compressive strength in MPa (Abrams-like law)."""
    rng = np.random.default_rng(seed)
    df = pd.DataFrame(
        {
            "cement": rng.uniform(120, 520, n),
            "slag": rng.uniform(0, 300, n) * (rng.random(n) < 0.6),
            "ash": rng.uniform(0, 180, n) * (rng.random(n) < 0.5),
            "water": rng.uniform(130, 230, n),
            "plasticizer": rng.uniform(0, 20, n),
            "coarse": rng.uniform(800, 1140, n),
            "fine": rng.uniform(600, 960, n),
            "age": rng.choice([1, 3, 7, 14, 28, 56, 90, 180, 365], n),
        }
    )
    binder = df.cement + 0.7 * df.slag + 0.35 * df.ash
    w_eff = df.water - 2.0 * df.plasticizer
    maturity = df.age / (df.age + 5.0)
    strength = 105 * np.exp(-1.6 * w_eff / binder) * maturity * (1 - 0.1 * (df.fine / df.coarse - 0.8))
    df["strength"] = strength + rng.normal(0, 2.0, n)
    return df


class Regressor(nn.Module):
    def __init__(self, n_in):
        super().__init__()
        self.fc1 = nn.Linear(n_in, 64)
        self.fc2 = nn.Linear(64, 32)
        self.fc3 = nn.Linear(32, 1)

    def forward(self, x):
        x = torch.relu(self.fc1(x))
        x = torch.relu(self.fc2(x))
        return self.fc3(x).squeeze(-1)


df = make_mixes()
features = [c for c in df.columns if c != "strength"]
X = df[features].to_numpy(dtype=np.float32)
y = df["strength"].to_numpy(dtype=np.float32)

X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.2, random_state=0)
X_train, X_val, y_train, y_val = train_test_split(X_train, y_train, test_size=0.2, random_state=0)

y_mean, y_std = y_train.mean(), y_train.std()


def tensors(X, y):
    return torch.from_numpy(X), torch.from_numpy((y - y_mean) / y_std)


train_loader = DataLoader(TensorDataset(*tensors(X_train, y_train)), batch_size=32, shuffle=True)
xv, yv = tensors(X_val, y_val)
xt, _ = tensors(X_test, y_test)

model = Regressor(len(features))
criterion = nn.MSELoss()
optimizer = torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9)

for epoch in range(40):
    model.train()
    epoch_loss = 0.0
    for xb, yb in train_loader:
        optimizer.zero_grad()
        loss = criterion(model(xb), yb)
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        epoch_loss += loss.item() * len(yb)
    epoch_loss /= len(train_loader.dataset)
    if (epoch + 1) % 4 == 0:
        model.eval()
        with torch.no_grad():
            val_loss = criterion(model(xv), yv).item()
        print(f"Epoch {epoch + 1:3d} - train MSE {epoch_loss:.4f} - val MSE {val_loss:.4f}")

model.eval()
with torch.no_grad():
    pred = model(xt).numpy() * y_std + y_mean
print(f"Test MAE {mean_absolute_error(y_test, pred):.2f} MPa")
print(f"Test R2  {r2_score(y_test, pred):.4f}")
