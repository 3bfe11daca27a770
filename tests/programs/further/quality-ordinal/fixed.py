"""Ordinal regression (cumulative logits) of a quality grade, trained with sharpness-aware minimisation."""
import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
from sklearn.metrics import cohen_kappa_score
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler
from torch.utils.data import DataLoader, TensorDataset

GRADES = 5


def tasting(n=2400, seed=30):
    rng = np.random.default_rng(seed)
    acid, sugar = rng.normal(7, 1.2, n), rng.gamma(2, 2, n)
    alcohol, sulph = rng.normal(10.5, 1.0, n), rng.gamma(4, 0.15, n)
    ph, density = rng.normal(3.3, 0.15, n), rng.normal(0.996, 0.002, n)
    latent = 0.9 * (alcohol - 10.5) - 0.5 * np.abs(acid - 7) - 0.05 * (sugar - 4) ** 2 + 1.5 * np.tanh(3 * (sulph - 0.6))
    latent = latent + rng.logistic(0, 0.2, n)
    grade = np.digitize(latent, np.quantile(latent, [0.15, 0.35, 0.65, 0.85]))
    return np.stack([acid, sugar, alcohol, sulph, ph, density], 1), grade


class Cumulative(nn.Module):
    def __init__(self, d, k, hidden=32):
        super().__init__()
        self.f = nn.Sequential(nn.Linear(d, hidden), nn.SiLU(), nn.Linear(hidden, hidden), nn.SiLU(),
                               nn.Linear(hidden, 1, bias=False))
        self.first = nn.Parameter(torch.tensor(-1.5))
        self.gaps = nn.Parameter(torch.zeros(k - 2))

    def thresholds(self):
        return torch.cat([self.first.view(1), self.first + F.softplus(self.gaps).cumsum(0)])

    def forward(self, x):
        # logit of P(grade > j), j = 0..k-2
        return self.f(x) - self.thresholds()


def ordinal_loss(logits, y):
    levels = (y.unsqueeze(1) > torch.arange(logits.size(1))).float()
    return F.binary_cross_entropy_with_logits(logits, levels, reduction="none").sum(1).mean()


class SAM:
    def __init__(self, params, base, rho=0.05):
        self.params, self.base, self.rho, self.eps = list(params), base, rho, []

    @torch.no_grad()
    def climb(self):
        norm = torch.norm(torch.stack([p.grad.norm() for p in self.params]))
        self.eps = [p.grad * (self.rho / (norm + 1e-12)) for p in self.params]
        for p, e in zip(self.params, self.eps):
            p.add_(e)
        self.base.zero_grad()

    @torch.no_grad()
    def descend(self):
        for p, e in zip(self.params, self.eps):
            p.sub_(e)
        self.base.step()
        self.base.zero_grad()


def grade_of(logits):
    return (logits > 0).sum(1)


if __name__ == "__main__":
    torch.manual_seed(30)
    X, y = tasting()
    X, X_te, y, y_te = train_test_split(X, y, test_size=0.25, random_state=1, stratify=y)
    X_tr, X_va, y_tr, y_va = train_test_split(X, y, test_size=0.2, random_state=1, stratify=y)
    sc = StandardScaler().fit(X_tr)
    X_tr, X_va, X_te = (torch.tensor(sc.transform(a), dtype=torch.float32) for a in (X_tr, X_va, X_te))
    y_tr, y_va, y_te = (torch.tensor(a) for a in (y_tr, y_va, y_te))

    model = Cumulative(X_tr.shape[1], GRADES)
    sam = SAM(model.parameters(), torch.optim.AdamW(model.parameters(), lr=8e-3, weight_decay=1e-3))
    loader = DataLoader(TensorDataset(X_tr, y_tr), batch_size=64, shuffle=True)
    for epoch in range(35):
        model.train()
        total = 0.0
        for xb, yb in loader:
            loss = ordinal_loss(model(xb), yb)
            loss.backward()
            sam.climb()
            ordinal_loss(model(xb), yb).backward()
            sam.descend()
            total += loss.item() * len(yb)
        if epoch % 5 == 4:
            model.eval()
            with torch.no_grad():
                lv = model(X_va)
            mae = (grade_of(lv) - y_va).abs().float().mean()
            print(f"epoch {epoch + 1:2d} loss {total / len(y_tr):.4f} val loss {ordinal_loss(lv, y_va):.4f} val mae {mae:.3f}")
    model.eval()
    with torch.no_grad():
        g = grade_of(model(X_te))
    kappa = cohen_kappa_score(y_te.numpy(), g.numpy(), weights="quadratic")
    print(f"test: exact {(g == y_te).float().mean():.3f} mae {(g - y_te).abs().float().mean():.3f} quadratic kappa {kappa:.4f}")
