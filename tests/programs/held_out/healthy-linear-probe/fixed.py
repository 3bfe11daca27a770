import torch
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(59)


class AutoEncoder(nn.Module):
    def __init__(self, latent=24):
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(64, 128), nn.BatchNorm1d(128), nn.ReLU(), nn.Linear(128, latent))
        self.decoder = nn.Sequential(nn.Linear(latent, 128), nn.ReLU(), nn.Linear(128, 64))

    def forward(self, x):
        return self.decoder(self.encoder(x))


def pretrain(autoencoder, X, epochs=15):
    optimizer = torch.optim.Adam(autoencoder.parameters(), lr=2e-3)
    autoencoder.train()
    for epoch in range(epochs):
        total = 0.0
        for (xb,) in DataLoader(TensorDataset(X), batch_size=64, shuffle=True, drop_last=True):
            optimizer.zero_grad()
            loss = nn.functional.mse_loss(autoencoder(xb), xb)
            loss.backward()
            optimizer.step()
            total += loss.item()
        if epoch % 5 == 4:
            print(f"reconstruction {total / (len(X) // 64):.4f}")


def fit_probe(encoder, probe, X, y, epochs=20):
    encoder.eval()
    encoder.requires_grad_(False)
    optimizer = torch.optim.Adam(probe.parameters(), lr=1e-2)
    loader = DataLoader(TensorDataset(X, y), batch_size=64, shuffle=True)
    probe.train()
    for epoch in range(epochs):
        total = 0.0
        for xb, yb in loader:
            with torch.no_grad():
                z = encoder(xb)
            loss = nn.functional.cross_entropy(probe(z), yb)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += loss.item()
        if epoch % 5 == 4:
            print(f"probe loss {total / len(loader):.4f}")


X, y = load_digits(return_X_y=True)
X = torch.tensor(X / 16.0, dtype=torch.float32)
y = torch.tensor(y)
train_idx, test_idx = train_test_split(torch.arange(len(X)).numpy(), test_size=0.25, stratify=y.numpy(), random_state=59)

autoencoder = AutoEncoder()
pretrain(autoencoder, X[train_idx])
probe = nn.Linear(24, 10)
fit_probe(autoencoder.encoder, probe, X[train_idx], y[train_idx])

probe.eval()
with torch.no_grad():
    pred = probe(autoencoder.encoder(X[test_idx])).argmax(1)
print(f"final accuracy: {(pred == y[test_idx]).float().mean().item():.4f}")
