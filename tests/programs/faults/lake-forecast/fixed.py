import numpy as np
import torch
from torch import nn

torch.manual_seed(30)
rng = np.random.default_rng(30)

# daily water temperature of a lake from the weather of the last two weeks
days = np.arange(1500)
season = np.sin(2 * np.pi * (days - 110) / 365)
air = 11 + 10 * season + 3 * rng.standard_normal(1500)
sun = np.clip(5 + 4 * season + 2 * rng.standard_normal(1500), 0, 14)
wind = rng.gamma(2.0, 1.5, 1500)
water = np.empty(1500)
water[0] = 10.0
for d in range(1, 1500):
    water[d] = water[d - 1] + 0.12 * (air[d] - water[d - 1]) + 0.05 * (sun[d] - 5) - 0.04 * (wind[d] - 3)
water += 0.2 * rng.standard_normal(1500)

weather = np.stack([air, sun, wind, season], 1)
weather = (weather - weather[:1100].mean(0)) / weather[:1100].std(0)
windows = np.lib.stride_tricks.sliding_window_view(weather, 14, axis=0)  # (day, channel, lag)
x = torch.tensor(windows.copy(), dtype=torch.float32)
y = torch.tensor(water[13:], dtype=torch.float32)
mean, std = y[:1087].mean(), y[:1087].std()
y = (y - mean) / std


class LakeNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv1d(4, 16, kernel_size=5)
        self.fc1 = nn.Linear(160, 32)
        self.fc2 = nn.Linear(32, 1)

    def forward(self, x):
        x = torch.relu(self.conv(x)).flatten(1)
        x = torch.relu(self.fc1(x))
        return self.fc2(x).squeeze(1)

    @torch.no_grad()
    def predict(self, x):
        return self(x)


model = LakeNet()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
for epoch in range(30):
    total = 0.0
    for idx in torch.randperm(1087).split(32):
        optimizer.zero_grad()
        loss = nn.functional.mse_loss(model(x[idx]), y[idx])
        loss.backward()
        optimizer.step()
        total += loss.item() * len(idx)
    if epoch % 5 == 4:
        print(f"epoch {epoch + 1}: {total / 1087:.4f}")

error = (model.predict(x[1087:]) - y[1087:]).abs().mean() * std
print(f"final mae: {error.item():.4f}")
