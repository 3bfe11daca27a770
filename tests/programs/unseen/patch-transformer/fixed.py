import argparse

import numpy as np
import torch
import torch.nn as nn
from mnist1d.data import get_dataset_args, make_dataset
from torch.utils.data import DataLoader, TensorDataset


class PatchTransformer(nn.Module):
    """Cuts the 40-point signal in overlapping windows and runs a two-layer encoder over them."""

    def __init__(self, dim=32, heads=4, layers=2, n_classes=10):
        super().__init__()
        self.patch = nn.Conv1d(1, dim, kernel_size=6, stride=2, padding=2)
        self.cls = nn.Parameter(torch.zeros(1, 1, dim))
        self.pos = nn.Parameter(torch.randn(1, 21, dim) * 0.02)
        layer = nn.TransformerEncoderLayer(dim, heads, 64, dropout=0.0, activation="gelu", batch_first=True, norm_first=True)
        self.encoder = nn.TransformerEncoder(layer, layers, enable_nested_tensor=False)
        self.norm = nn.LayerNorm(dim)
        self.head = nn.Linear(dim, n_classes)

    def forward(self, x):
        tokens = self.patch(x.unsqueeze(1)).transpose(1, 2)
        tokens = torch.cat([self.cls.expand(len(x), -1, -1), tokens], dim=1) + self.pos
        return self.head(self.norm(self.encoder(tokens)[:, 0]))


def load(n):
    args = get_dataset_args()
    args.num_samples = n
    d = make_dataset(args)
    mu, sd = d["x"].mean(), d["x"].std()
    to = lambda a: torch.tensor((a - mu) / sd, dtype=torch.float32)
    return TensorDataset(to(d["x"]), torch.tensor(d["y"])), TensorDataset(to(d["x_test"]), torch.tensor(d["y_test"]))


def main(args):
    torch.manual_seed(args.seed)
    np.random.seed(args.seed)
    train_set, test_set = load(args.samples)
    loader = DataLoader(train_set, batch_size=args.batch_size, shuffle=True)

    model = PatchTransformer()
    optimizer = torch.optim.AdamW(model.parameters(), lr=args.lr, weight_decay=0.01)
    scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda s: min(1.0, (s + 1) / args.warmup_steps))
    criterion = nn.CrossEntropyLoss()

    for epoch in range(1, args.epochs + 1):
        model.train()
        total = 0.0
        for x, y in loader:
            loss = criterion(model(x), y)
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            scheduler.step()
            total += loss.item()
        print(f"epoch {epoch:2d} | loss {total / len(loader):.4f}")

    model.eval()
    with torch.no_grad():
        x, y = test_set.tensors
        acc = (model(x).argmax(-1) == y).float().mean().item()
    print(f"final accuracy: {acc:.4f}")


if __name__ == "__main__":
    p = argparse.ArgumentParser()
    p.add_argument("--samples", type=int, default=3000)
    p.add_argument("--epochs", type=int, default=6)
    p.add_argument("--batch-size", type=int, default=64)
    p.add_argument("--lr", type=float, default=3e-3)
    p.add_argument("--warmup-steps", type=int, default=50)
    p.add_argument("--seed", type=int, default=0)
    main(p.parse_args())
