import numpy as np
import torch
from sklearn.datasets import load_sample_image
from torch import nn

torch.manual_seed(0)

# a small grey version of the photo: mean over 8 x 8 blocks
photo = load_sample_image("china.jpg").mean(axis=2)[:424, :640] / 255.0
photo = photo.reshape(53, 8, 80, 8).mean(axis=(1, 3))
h, w = photo.shape

rows, cols = np.meshgrid(np.linspace(-1, 1, h), np.linspace(-1, 1, w), indexing="ij")
coords = torch.tensor(np.stack([rows.ravel(), cols.ravel()], 1), dtype=torch.float32)
grey = torch.tensor(photo.ravel(), dtype=torch.float32).unsqueeze(1)


class Painter(nn.Module):
    """Coordinates -> brightness, with random Fourier features."""

    def __init__(self, n_features=96, scale=5.0):
        super().__init__()
        self.register_buffer("freq", scale * torch.randn(2, n_features))
        self.mlp = nn.Sequential(
            nn.Linear(2 * n_features, 96), nn.ReLU(), nn.Linear(96, 96), nn.ReLU(), nn.Linear(96, 1), nn.Sigmoid()
        )

    def forward(self, xy):
        phase = xy @ self.freq
        return self.mlp(torch.cat([phase.sin(), phase.cos()], dim=-1))


model = Painter()
optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
for epoch in range(1, 26):
    for part in torch.randperm(len(coords)).split(256):
        loss = nn.functional.mse_loss(model(coords[part]), grey[part])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    if epoch % 5 == 0:
        print(f"epoch {epoch}: mse {loss.item():.5f}")

with torch.no_grad():
    mse = nn.functional.mse_loss(model(coords), grey)
print(f"final psnr: {(-10 * torch.log10(mse)).item():.3f}")
