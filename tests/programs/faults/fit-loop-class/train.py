from dataclasses import dataclass

import numpy as np
import torch
from sklearn.datasets import make_moons
from torch import Tensor, nn


@dataclass
class Config:
    hidden: int = 32
    depth: int = 3
    lr: float = 5e-3
    epochs: int = 30
    batch: int = 32
    seed: int = 7


class ResidualMLP(nn.Module):
    def __init__(self, cfg: Config) -> None:
        super().__init__()
        self.inp = nn.Linear(2, cfg.hidden)
        self.hidden = nn.ModuleList(nn.Linear(cfg.hidden, cfg.hidden) for _ in range(cfg.depth))
        self.out = nn.Linear(cfg.hidden, 1)

    def forward(self, x: Tensor) -> Tensor:
        h = torch.relu(self.inp(x))
        for layer in self.hidden:
            h = h + torch.relu(layer(h))
        return self.out(h).squeeze(-1)


class Fitter:
    def __init__(self, model: nn.Module, cfg: Config) -> None:
        self.model, self.cfg = model, cfg
        self.optimizer = torch.optim.Adam(model.parameters(), lr=cfg.lr)
        self.criterion = nn.BCEWithLogitsLoss()

    def _step(self, x: Tensor, y: Tensor) -> float:
        loss = self.criterion(self.model(x), y)
        loss.backward()
        self.optimizer.zero_grad()
        self.optimizer.step()
        return loss.item()

    def fit(self, x: Tensor, y: Tensor) -> None:
        for epoch in range(self.cfg.epochs):
            order = torch.randperm(len(x))
            losses = [self._step(x[i], y[i]) for i in order.split(self.cfg.batch)]
            if (epoch + 1) % 5 == 0:
                print(f"epoch {epoch + 1:3d}: {np.mean(losses):.4f}")

    @torch.no_grad()
    def score(self, x: Tensor, y: Tensor) -> float:
        return ((self.model(x) > 0) == y.bool()).float().mean().item()


def main() -> None:
    cfg = Config()
    torch.manual_seed(cfg.seed)
    pts, side = make_moons(1000, noise=0.12, random_state=cfg.seed)
    x, y = torch.tensor(pts, dtype=torch.float32), torch.tensor(side, dtype=torch.float32)
    fitter = Fitter(ResidualMLP(cfg), cfg)
    fitter.fit(x[:700], y[:700])
    print(f"final accuracy: {fitter.score(x[700:], y[700:]):.4f}")


if __name__ == "__main__":
    main()
