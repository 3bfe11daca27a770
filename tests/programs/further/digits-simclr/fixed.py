"""Self-supervised digits: contrastive pre-training on two augmented views, then a linear classifier on the frozen code."""
import torch
import torch.nn as nn
import torch.nn.functional as F
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split


def augment(x):
    n = len(x)
    angle = (torch.rand(n) - 0.5) * 0.6
    scale = 1 + (torch.rand(n) - 0.5) * 0.3
    shift = (torch.rand(n, 2) - 0.5) * 0.35
    theta = torch.zeros(n, 2, 3)
    theta[:, 0, 0], theta[:, 0, 1] = torch.cos(angle) * scale, -torch.sin(angle) * scale
    theta[:, 1, 0], theta[:, 1, 1] = torch.sin(angle) * scale, torch.cos(angle) * scale
    theta[:, :, 2] = shift
    grid = F.affine_grid(theta, x.shape, align_corners=False)
    out = F.grid_sample(x, grid, align_corners=False, padding_mode="border")
    return out * (0.8 + 0.4 * torch.rand(n, 1, 1, 1)) + 0.1 * torch.randn_like(x)


class Encoder(nn.Module):
    def __init__(self, dim=64):
        super().__init__()
        self.net = nn.Sequential(
            nn.Conv2d(1, 16, 3, padding=1), nn.BatchNorm2d(16), nn.ReLU(),
            nn.Conv2d(16, 32, 3, padding=1), nn.BatchNorm2d(32), nn.ReLU(), nn.MaxPool2d(2),
            nn.Flatten(), nn.Linear(32 * 16, dim),
        )

    def forward(self, x):
        return self.net(x)


class Projector(nn.Sequential):
    def __init__(self, dim=64, out=32):
        super().__init__(nn.ReLU(), nn.Linear(dim, dim), nn.ReLU(), nn.Linear(dim, out))


def info_nce(a, b, temperature=0.3):
    n = len(a)
    z = F.normalize(torch.cat([a, b]), dim=1)
    sim = z @ z.t() / temperature
    sim.fill_diagonal_(float("-inf"))
    positive = torch.cat([torch.arange(n, 2 * n), torch.arange(n)])
    return F.cross_entropy(sim, positive)


def pretrain(encoder, x, epochs, batch=128):
    projector = Projector()
    opt = torch.optim.Adam([*encoder.parameters(), *projector.parameters()], lr=2e-3)
    sched = torch.optim.lr_scheduler.CosineAnnealingLR(opt, epochs)
    encoder.train()
    for epoch in range(epochs):
        perm, total, steps = torch.randperm(len(x)), 0.0, 0
        for i in range(0, len(x) - batch + 1, batch):
            xb = x[perm[i : i + batch]]
            loss = info_nce(projector(encoder(augment(xb))), projector(encoder(augment(xb))))
            opt.zero_grad()
            loss.backward()
            opt.step()
            total, steps = total + loss.item(), steps + 1
        sched.step()
        if epoch % 5 == 4:
            print(f"[pretrain {epoch + 1:2d}] contrastive loss {total / steps:.4f}")


def linear_probe(encoder, x, y, xt, yt, epochs=150):
    encoder.eval()
    for p in encoder.parameters():
        p.requires_grad_(False)
    f, ft = encoder(x), encoder(xt)
    mu, sd = f.mean(0), f.std(0)
    f, ft = (f - mu) / sd, (ft - mu) / sd
    head = nn.Linear(f.shape[1], 10)
    opt = torch.optim.Adam(head.parameters(), lr=1e-2, weight_decay=1e-3)
    for epoch in range(epochs):
        loss = F.cross_entropy(head(f), y)
        opt.zero_grad()
        loss.backward()
        opt.step()
        if epoch % 30 == 29:
            print(f"[probe {epoch + 1:3d}] loss {loss.item():.4f}")
    with torch.no_grad():
        return (head(ft).argmax(1) == yt).float().mean().item()


if __name__ == "__main__":
    torch.manual_seed(0)
    X, y = load_digits(return_X_y=True)
    X = torch.tensor(X, dtype=torch.float32).view(-1, 1, 8, 8) / 8.0 - 1.0
    y = torch.tensor(y)
    tr, te = train_test_split(range(len(y)), test_size=0.25, random_state=0, stratify=y)
    few, _ = train_test_split(tr, train_size=200, random_state=0, stratify=y[tr])
    encoder = Encoder()
    pretrain(encoder, X[tr], epochs=12)
    acc = linear_probe(encoder, X[few], y[few], X[te], y[te])
    print(f"test accuracy of the linear probe with {len(few)} labels: {acc:.4f}")
