import numpy as np
import torch
from sklearn.datasets import load_sample_image
from torch import nn
from torch.nn import functional as F
from torch.utils.data import DataLoader

torch.manual_seed(8)
rng = np.random.default_rng(8)

photo = load_sample_image("flower.jpg").astype("float32").mean(2) / 255
corners = np.column_stack([rng.integers(0, 415, 3000), rng.integers(0, 628, 3000)])
patches = torch.tensor(np.stack([photo[r : r + 12, c : c + 12] for r, c in corners])).flatten(1)
train, test = patches[:2500], patches[2500:]


class PatchVAE(nn.Module):
    def __init__(self, n_in=144, hidden=96, latent=12):
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(n_in, hidden), nn.ELU(), nn.Linear(hidden, 2 * latent))
        self.decoder = nn.Sequential(nn.Linear(latent, hidden), nn.ELU(), nn.Linear(hidden, n_in))
        self.log_noise = nn.Parameter(torch.tensor(-1.5))

    def elbo_terms(self, x):
        mean, log_var = self.encoder(x - 0.5).chunk(2, dim=1)
        z = mean + torch.exp(log_var / 2) * torch.randn_like(mean)
        out = self.decoder(z) + 0.5
        # Gaussian log-likelihood and KL, both summed over dimensions and over the batch
        reconstruction = F.gaussian_nll_loss(out, x, torch.exp(2 * self.log_noise).expand_as(x), reduction="sum")
        kl = 0.5 * (mean**2 + log_var.exp() - 1 - log_var).sum()
        return reconstruction, kl


vae = PatchVAE()
optimizer = torch.optim.Adam(vae.parameters(), lr=2e-3)
for epoch in range(1, 21):
    rec_sum = kl_sum = 0.0
    for x in DataLoader(train, batch_size=100, shuffle=True):
        rec, kl = vae.elbo_terms(x)
        loss = rec + kl
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        rec_sum += rec.item() / len(train)
        kl_sum += kl.item() / len(train)
    if epoch % 4 == 0:
        print(f"epoch {epoch}: -log p(x|z) {rec_sum:.2f}, kl {kl_sum:.2f}, noise {vae.log_noise.exp().item():.3f}")

with torch.no_grad():
    mean = vae.encoder(test - 0.5)[:, :12]
    error = F.mse_loss(vae.decoder(mean) + 0.5, test) / test.var()
print(f"final explained variance: {1 - error.item():.4f}")
