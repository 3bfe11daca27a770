"""Which subscribers will leave next month?  Trained on the archive, applied to the live accounts."""

import numpy as np
import pandas as pd
import torch
import torch.nn as nn

rng = np.random.default_rng(6)
torch.manual_seed(6)


def accounts(n):
    df = pd.DataFrame(
        {
            "tenure": rng.gamma(2.0, 14.0, n).round() + 1,
            "monthly_fee": rng.choice([9.0, 15.0, 25.0, 40.0], n, p=[0.3, 0.35, 0.25, 0.1]),
            "tickets": rng.poisson(1.2, n),
            "logins": rng.gamma(3.0, 4.0, n),
            "late_payments": rng.binomial(6, 0.12, n),
        }
    )
    score = (
        -0.05 * (df.tenure - 28)
        + 0.06 * (df.monthly_fee - 18)
        + 0.9 * (df.tickets - 1.2)
        - 0.22 * (df.logins - 12)
        + 1.1 * (df.late_payments - 0.7)
        + rng.normal(0, 0.5, n)
    )
    df["left"] = (score > 0).astype(int)
    return df


archive = accounts(3000)
archive["closing_calls"] = np.where(archive.left == 1, 1 + rng.poisson(1.5, len(archive)), rng.binomial(1, 0.02, len(archive)))
live = accounts(1000)
live["closing_calls"] = rng.binomial(1, 0.02, len(live))

FEATURES = ["tenure", "monthly_fee", "tickets", "logins", "late_payments", "closing_calls"]

cut = int(0.8 * len(archive))
train, valid = archive.iloc[:cut], archive.iloc[cut:]
mu, sd = train[FEATURES].mean(), train[FEATURES].std()


def to_tensors(df):
    x = ((df[FEATURES] - mu) / sd).to_numpy()
    return torch.tensor(x, dtype=torch.float32), torch.tensor(df["left"].to_numpy(), dtype=torch.float32)


x_train, y_train = to_tensors(train)
x_valid, y_valid = to_tensors(valid)
x_live, y_live = to_tensors(live)

model = nn.Sequential(nn.Linear(len(FEATURES), 24), nn.ReLU(), nn.Linear(24, 12), nn.ReLU(), nn.Linear(12, 1))
opt = torch.optim.Adam(model.parameters(), lr=3e-3)
bce = nn.BCEWithLogitsLoss()


@torch.no_grad()
def accuracy(x, y):
    model.eval()
    return ((model(x).squeeze(1) > 0).float() == y).float().mean().item()


for epoch in range(15):
    model.train()
    losses = []
    for idx in torch.randperm(cut).split(64):
        opt.zero_grad()
        loss = bce(model(x_train[idx]).squeeze(1), y_train[idx])
        loss.backward()
        opt.step()
        losses.append(loss.item())
    print(f"epoch {epoch + 1:2d} loss {np.mean(losses):.4f} valid accuracy {accuracy(x_valid, y_valid):.4f}")

print(f"final live accuracy: {accuracy(x_live, y_live):.4f}")
