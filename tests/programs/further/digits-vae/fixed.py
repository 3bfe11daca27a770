# Variational autoencoder for 8x8 digits
import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from torch.utils.data import DataLoader, Dataset


class DigitImages(Dataset):
    def __init__(self, images, labels):
        self.images = torch.tensor(images, dtype=torch.float32)
        self.labels = labels

    def __len__(self):
        return len(self.images)

    def __getitem__(self, i):
        return self.images[i]


class VAE(nn.Module):
    def __init__(self, latent=8):
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(64, 128), nn.ReLU(), nn.Linear(128, 64), nn.ReLU())
        self.to_mu = nn.Linear(64, latent)
        self.to_logvar = nn.Linear(64, latent)
        self.decoder = nn.Sequential(
            nn.Linear(latent, 64), nn.ReLU(), nn.Linear(64, 128), nn.ReLU(), nn.Linear(128, 64)
        )

    def encode(self, x):
        h = self.encoder(x)
        return self.to_mu(h), self.to_logvar(h)

    def forward(self, x):
        mu, logvar = self.encode(x)
        z = mu
        if self.training:
            z = mu + torch.randn_like(mu) * torch.exp(0.5 * logvar)
        return self.decoder(z), mu, logvar


def elbo_terms(logits, x, mu, logvar):
    rec = F.binary_cross_entropy_with_logits(logits, x, reduction="none").sum(1).mean()
    kl = -0.5 * (1 + logvar - mu.pow(2) - logvar.exp()).sum(1).mean()
    return rec, kl


class Trainer:
    def __init__(self, model, lr=3e-3):
        self.model = model
        self.opt = torch.optim.Adam(model.parameters(), lr=lr)

    def fit(self, train_loader, val_loader, epochs):
        for epoch in range(1, epochs + 1):
            self.model.train()
            sums, n = np.zeros(2), 0
            for x in train_loader:
                logits, mu, logvar = self.model(x)
                rec, kl = elbo_terms(logits, x, mu, logvar)
                self.opt.zero_grad()
                (rec + kl).backward()
                self.opt.step()
                sums += np.array([rec.item(), kl.item()]) * len(x)
                n += len(x)
            if epoch % 10 == 0:
                print(f"[{epoch:03d}] rec {sums[0] / n:.4f} kl {sums[1] / n:.4f} val mse {self.mse(val_loader):.5f}")

    @torch.no_grad()
    def mse(self, loader):
        self.model.eval()
        err, n = 0.0, 0
        for x in loader:
            out = torch.sigmoid(self.model(x)[0])
            err += F.mse_loss(out, x, reduction="sum").item()
            n += x.numel()
        return err / n


def main():
    torch.manual_seed(1)
    X, y = load_digits(return_X_y=True)
    X = X / 16.0
    Xtr, Xte, ytr, yte = train_test_split(X, y, test_size=0.2, random_state=1, stratify=y)
    Xtr, Xva, ytr, yva = train_test_split(Xtr, ytr, test_size=0.15, random_state=1, stratify=ytr)
    train, val, test = DigitImages(Xtr, ytr), DigitImages(Xva, yva), DigitImages(Xte, yte)

    model = VAE()
    trainer = Trainer(model)
    trainer.fit(DataLoader(train, 64, shuffle=True), DataLoader(val, 256), epochs=50)

    print(f"test reconstruction mse {trainer.mse(DataLoader(test, 256)):.5f}")
    with torch.no_grad():
        ztr, zte = model.encode(train.images)[0].numpy(), model.encode(test.images)[0].numpy()
    probe = LogisticRegression(max_iter=2000).fit(ztr, ytr)
    print(f"linear probe accuracy on the code {probe.score(zte, yte):.3f}")


if __name__ == "__main__":
    main()
