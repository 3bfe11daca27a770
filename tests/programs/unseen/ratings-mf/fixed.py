"""Matrix factorisation with biases for film ratings."""

from dataclasses import dataclass

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F


@dataclass
class Config:
    users: int = 300
    films: int = 200
    rank: int = 6
    per_user: int = 60
    epochs: int = 25
    batch: int = 256
    lr: float = 0.01
    l2: float = 1e-5
    seed: int = 4


def make_ratings(cfg):
    rng = np.random.default_rng(cfg.seed)
    taste = rng.normal(0, 1, (cfg.users, 3))
    genre = rng.normal(0, 1, (cfg.films, 3))
    score = 3.2 + 0.3 * rng.normal(0, 1, (cfg.users, 1)) + 0.4 * rng.normal(0, 1, (1, cfg.films))
    score = score + 0.55 * taste @ genre.T + rng.normal(0, 0.25, (cfg.users, cfg.films))
    score = np.clip(np.round(score * 2) / 2, 0.5, 5.0)
    u = np.repeat(np.arange(cfg.users), cfg.per_user)
    i = np.concatenate([rng.choice(cfg.films, cfg.per_user, replace=False) for _ in range(cfg.users)])
    order = rng.permutation(len(u))
    u, i = u[order], i[order]
    return torch.tensor(u), torch.tensor(i), torch.tensor(score[u, i], dtype=torch.float32)


class MatrixFactorisation(nn.Module):
    def __init__(self, cfg, mean):
        super().__init__()
        self.user = nn.Embedding(cfg.users, cfg.rank)
        self.film = nn.Embedding(cfg.films, cfg.rank)
        self.user_bias = nn.Embedding(cfg.users, 1)
        self.film_bias = nn.Embedding(cfg.films, 1)
        self.register_buffer("mean", mean)
        for emb in (self.user, self.film):
            nn.init.normal_(emb.weight, std=0.1)
        for emb in (self.user_bias, self.film_bias):
            nn.init.zeros_(emb.weight)

    def forward(self, u, i):
        dot = (self.user(u) * self.film(i)).sum(-1)
        return self.mean + dot + self.user_bias(u).squeeze(-1) + self.film_bias(i).squeeze(-1)


def fit(cfg):
    torch.manual_seed(cfg.seed)
    u, i, r = make_ratings(cfg)
    n_test = len(r) // 5
    train, test = slice(n_test, None), slice(0, n_test)
    model = MatrixFactorisation(cfg, r[train].mean())
    opt = torch.optim.Adam(model.parameters(), lr=cfg.lr, weight_decay=cfg.l2)
    ut, it, rt = u[train], i[train], r[train]
    for epoch in range(cfg.epochs):
        total = 0.0
        for idx in torch.randperm(len(rt)).split(cfg.batch):
            loss = F.mse_loss(model(ut[idx], it[idx]), rt[idx])
            opt.zero_grad()
            loss.backward()
            opt.step()
            total += loss.item() * len(idx)
        if (epoch + 1) % 5 == 0:
            print(f"epoch {epoch + 1:2d} train rmse {(total / len(rt)) ** 0.5:.4f}")
    with torch.no_grad():
        return F.mse_loss(model(u[test], i[test]), r[test]).sqrt().item()


if __name__ == "__main__":
    print(f"final rmse: {fit(Config()):.4f}")
