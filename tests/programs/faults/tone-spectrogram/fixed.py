import numpy as np
import torch
from torch import nn, optim

rng = np.random.default_rng(12)
torch.manual_seed(12)
FS, N_FFT, HOP = 4000, 128, 64
NOTES = {"up": (1, 0), "down": (-1, 0), "flat": (0, 0), "trill": (0, 1)}


def tone(kind, seconds=0.5):
    t = np.arange(int(FS * seconds)) / FS
    slope, trill = NOTES[kind]
    f = rng.uniform(600, 1000) + slope * 900 * (t - seconds / 2) + trill * 200 * np.sign(np.sin(2 * np.pi * 10 * t))
    wave = np.sin(2 * np.pi * np.cumsum(f) / FS + rng.uniform(0, 6.3))
    return wave * rng.uniform(0.5, 1.0) + 0.4 * rng.standard_normal(len(t))


def log_spectrogram(waves):
    w = torch.tensor(np.stack(waves), dtype=torch.float32)
    s = torch.stft(w, N_FFT, HOP, window=torch.hann_window(N_FFT), return_complex=True).abs()
    return torch.log1p(s)[:, None, :64, :]  # drop the Nyquist bin


kinds = list(NOTES)
labels = rng.integers(0, 4, 900)
specs = log_spectrogram([tone(kinds[k]) for k in labels])
labels = torch.tensor(labels)
print("spectrograms", tuple(specs.shape))
mean, std = specs[:700].mean(), specs[:700].std()
specs = (specs - mean) / std


class ToneCNN(nn.Module):
    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(1, 8, kernel_size=5),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Conv2d(8, 16, kernel_size=3),
            nn.ReLU(),
            nn.MaxPool2d(2),
        )
        self.classifier = nn.Sequential(nn.Linear(16 * 14 * 6, 32), nn.ReLU(), nn.Linear(32, 4))

    def forward(self, x):
        x = self.features(x)
        x = x.view(x.size(0), -1)
        return self.classifier(x)


net = ToneCNN()
criterion = nn.CrossEntropyLoss()
optimizer = optim.Adam(net.parameters(), lr=1e-3)
for epoch in range(8):
    order = torch.randperm(700)
    for b in range(0, 700, 35):
        take = order[b : b + 35]
        optimizer.zero_grad()
        loss = criterion(net(specs[take]), labels[take])
        loss.backward()
        optimizer.step()
    print("epoch", epoch, "loss", round(loss.item(), 4))

with torch.no_grad():
    acc = (net(specs[700:]).argmax(1) == labels[700:]).float().mean().item()
print(f"final accuracy: {acc:.4f}")
