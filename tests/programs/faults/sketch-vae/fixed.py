import torch
import torch.nn.functional as F
from sklearn.datasets import load_digits
from torch import nn
from torch.utils.data import DataLoader

torch.manual_seed(99)
images = torch.tensor(load_digits().data / 16.0, dtype=torch.float32)
images = images[torch.randperm(len(images))]
train, test = images[:1400], images[1400:]


class VAE(nn.Module):
    def __init__(self, latent=8):
        super().__init__()
        self.enc = nn.Sequential(nn.Linear(64, 96), nn.ReLU())
        self.mu = nn.Linear(96, latent)
        self.logvar = nn.Linear(96, latent)
        self.dec = nn.Sequential(nn.Linear(latent, 96), nn.ReLU(), nn.Linear(96, 64))

    def encode(self, x):
        h = self.enc(x)
        return self.mu(h), self.logvar(h)

    def forward(self, x):
        mu, logvar = self.encode(x)
        z = mu + torch.randn_like(mu) * torch.exp(0.5 * logvar)
        return self.dec(z), mu, logvar


def loss_function(logits, x, mu, logvar):
    bce = F.binary_cross_entropy_with_logits(logits, x, reduction="sum") / len(x)
    kld = -0.5 * torch.sum(1 + logvar - mu.pow(2) - logvar.exp()) / len(x)
    return bce, kld


vae = VAE()
optimizer = torch.optim.Adam(vae.parameters(), lr=2e-3)
for epoch in range(20):
    sums = [0.0, 0.0]
    for x in DataLoader(train, batch_size=50, shuffle=True):
        logits, mu, logvar = vae(x)
        bce, kld = loss_function(logits, x, mu, logvar)
        optimizer.zero_grad()
        (bce + kld).backward()
        optimizer.step()
        sums[0] += bce.item()
        sums[1] += kld.item()
    if (epoch + 1) % 4 == 0:
        print(f"epoch {epoch + 1}: bce {sums[0] / 28:.3f} kld {sums[1] / 28:.3f}")

with torch.no_grad():
    mu, _ = vae.encode(test)
    rebuilt = torch.sigmoid(vae.dec(mu))
print(f"variance of the images {test.var(0).mean().item():.4f}")
print(f"final reconstruction error: {F.mse_loss(rebuilt, test).item():.4f}")
