"""Flag fraudulent card payments."""
import numpy as np
import pandas as pd
import torch
from sklearn.metrics import average_precision_score, balanced_accuracy_score, recall_score
from sklearn.model_selection import train_test_split
from torch import nn
from torch.utils.data import DataLoader, Dataset, WeightedRandomSampler

torch.manual_seed(9)


def payments(n=12000, seed=9):
    rng = np.random.default_rng(seed)
    fraud = (rng.random(n) < 0.02).astype(int)
    amount = np.exp(rng.normal(3.2 + 0.5 * fraud, 1.0))
    hour = np.where(fraud & (rng.random(n) < 0.5), rng.normal(3, 2, n), rng.normal(14, 5, n)) % 24
    distance = np.exp(rng.normal(1.0 + 0.9 * fraud, 1.0))
    gap = rng.exponential(np.where(fraud, 150.0, 400.0))
    online = (rng.random(n) < 0.3 + 0.35 * fraud).astype(float)
    tries = rng.poisson(1 + 0.8 * fraud)
    return pd.DataFrame(dict(amount=amount, hour=hour, distance=distance, gap=gap,
                             online=online, tries=tries, fraud=fraud))


def features(df):
    angle = 2 * np.pi * df.hour / 24
    return np.stack([np.log(df.amount), np.sin(angle), np.cos(angle), np.log1p(df.distance),
                     np.log1p(df.gap), df.online, df.tries], 1).astype("float32")


class Payments(Dataset):
    def __init__(self, df, mu=None, sd=None):
        x = features(df)
        self.mu = x.mean(0) if mu is None else mu
        self.sd = x.std(0) if sd is None else sd
        self.x = torch.from_numpy((x - self.mu) / self.sd)
        self.y = torch.tensor(df.fraud.to_numpy(), dtype=torch.float32)

    def __len__(self):
        return len(self.y)

    def __getitem__(self, i):
        return self.x[i], self.y[i]


class Scorer(nn.Module):
    def __init__(self, d=7, h=24):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(d, h), nn.ReLU(), nn.Dropout(0.1), nn.Linear(h, h), nn.ReLU(), nn.Linear(h, 1))

    def forward(self, x):
        return self.net(x).squeeze(-1)


def report(model, data, name):
    model.eval()
    with torch.no_grad():
        p = torch.sigmoid(model(data.x)).numpy()
    y, flag = data.y.numpy(), p > 0.5
    print(f"{name}: accuracy {np.mean(flag == y):.4f}  balanced accuracy {balanced_accuracy_score(y, flag):.4f}  "
          f"recall {recall_score(y, flag):.3f}  AP {average_precision_score(y, p):.3f}")


def main():
    df = payments()
    rest, test_df = train_test_split(df, test_size=0.25, stratify=df.fraud, random_state=9)
    train_df, val_df = train_test_split(rest, test_size=0.2, stratify=rest.fraud, random_state=9)
    train = Payments(train_df)
    val, test = (Payments(d, train.mu, train.sd) for d in (val_df, test_df))

    rate = train.y.mean()
    weights = torch.where(train.y == 1, 0.5 / rate, 0.5 / (1 - rate))
    sampler = WeightedRandomSampler(weights.double(), len(train), replacement=True)
    loader = DataLoader(train, batch_size=128, sampler=sampler)

    model = Scorer()
    loss_fn = nn.BCEWithLogitsLoss()
    opt = torch.optim.Adam(model.parameters(), lr=1e-3, weight_decay=1e-4)
    for epoch in range(15):
        model.train()
        total, n = 0.0, 0
        for xb, yb in loader:
            opt.zero_grad()
            loss = loss_fn(model(xb), yb)
            loss.backward()
            opt.step()
            total += loss.item() * len(yb)
            n += len(yb)
        print(f"epoch {epoch:2d} loss {total / n:.4f}")
        if epoch % 5 == 4:
            report(model, val, "  val")
    report(model, test, "test")


if __name__ == "__main__":
    main()
