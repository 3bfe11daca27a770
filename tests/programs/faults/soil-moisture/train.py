import numpy as np
import pandas as pd
import torch
from sklearn.preprocessing import StandardScaler
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(57)
rng = np.random.default_rng(57)


def station_log(n=1500):
    temp = rng.normal(16, 6, n)
    rain = rng.gamma(0.6, 6.0, n)
    humidity = np.clip(75 - 1.2 * (temp - 16) + rng.normal(0, 8, n), 15, 100)
    depth = rng.uniform(5, 60, n)
    moisture = 22 + 3.5 * np.sqrt(rain) - 0.5 * (temp - 16) + 0.12 * (humidity - 70) + 0.09 * depth + rng.normal(0, 0.6, n)
    df = pd.DataFrame({"temp": temp, "rain": rain, "humidity": humidity, "depth": depth, "moisture": moisture})
    for col in ("temp", "rain", "humidity"):
        df.loc[rng.random(n) < 0.03, col] = -9999.0
    return df


log = station_log()
columns = ["temp", "rain", "humidity", "depth"]
train_log, test_log = log.iloc[:1100], log.iloc[1100:]

fx, fy = StandardScaler().fit(train_log[columns]), StandardScaler().fit(train_log[["moisture"]])
x_train = torch.tensor(fx.transform(train_log[columns]), dtype=torch.float32)
x_test = torch.tensor(fx.transform(test_log[columns]), dtype=torch.float32)
y_train = torch.tensor(fy.transform(train_log[["moisture"]]), dtype=torch.float32)
y_test = torch.tensor(fy.transform(test_log[["moisture"]]), dtype=torch.float32)

model = nn.Sequential(nn.Linear(4, 32), nn.ReLU(), nn.Linear(32, 1))
optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
criterion = nn.MSELoss()
for epoch in range(30):
    for x, y in DataLoader(TensorDataset(x_train, y_train), batch_size=32, shuffle=True):
        optimizer.zero_grad()
        loss = criterion(model(x), y)
        loss.backward()
        optimizer.step()
    if epoch % 5 == 4:
        print(f"epoch {epoch + 1}: batch loss {loss.item():.4f}")

with torch.no_grad():
    r2 = 1 - criterion(model(x_test), y_test) / y_test.var()
print(f"final r2: {r2.item():.4f}")
