import numpy as np
import torch
from torch import nn
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

np.random.seed(21)
torch.manual_seed(21)


def simulate_trial(n=1600, d=8):
    """Weibull event times whose log hazard is a non-linear function of the covariates."""
    x = np.random.randn(n, d) * np.array([1, 2, 5, 1, 1, 10, 1, 0.5]) + 3.0
    u = (x - 3.0) / np.array([1, 2, 5, 1, 1, 10, 1, 0.5])
    log_h = 1.1 * u[:, 0] + 0.9 * np.abs(u[:, 1]) - 0.8 * u[:, 2] * (u[:, 3] > 0)
    t_event = (np.random.exponential(1.0, n) / np.exp(log_h)) ** (1 / 1.5) * 10
    t_cens = np.random.exponential(15.0, n)
    return x, np.minimum(t_event, t_cens), (t_event <= t_cens).astype(np.float32)


def cox_loss(risk, time, event):
    """Negative log partial likelihood (Breslow)."""
    order = torch.argsort(time, descending=True)
    risk, event = risk[order], event[order]
    log_cum = torch.logcumsumexp(risk, dim=0)
    return -((risk - log_cum) * event).sum() / event.sum().clamp(min=1)


def c_index(risk, time, event):
    earlier = (time[:, None] < time[None, :]) & (event[:, None] == 1)
    diff = risk[:, None] - risk[None, :]
    good = (diff > 0) + 0.5 * (diff == 0)
    return float((good * earlier).sum() / earlier.sum())


class RiskNet(nn.Module):
    def __init__(self, d, hidden=32, p=0.1):
        super().__init__()
        self.body = nn.Sequential(
            nn.Linear(d, hidden), nn.ReLU(), nn.Dropout(p),
            nn.Linear(hidden, hidden), nn.ReLU(), nn.Dropout(p),
            nn.Linear(hidden, 1, bias=False),
        )

    def forward(self, x):
        return self.body(x).squeeze(-1)


def score(net, x, t, e):
    net.eval()
    with torch.no_grad():
        return c_index(net(x).numpy(), t.numpy(), e.numpy())


x, t, e = simulate_trial()
idx_train, idx_test = train_test_split(np.arange(len(x)), test_size=0.25, random_state=0, stratify=e)
idx_train, idx_val = train_test_split(idx_train, test_size=0.2, random_state=0, stratify=e[idx_train])
scaler = StandardScaler().fit(x[idx_train])


def part(idx):
    return (
        torch.tensor(scaler.transform(x[idx]), dtype=torch.float32),
        torch.tensor(t[idx], dtype=torch.float32),
        torch.tensor(e[idx]),
    )


train, val, test = part(idx_train), part(idx_val), part(idx_test)
print(f"{len(idx_train)} patients in training, event rate {train[2].mean():.2f}")

net = RiskNet(x.shape[1])
optimizer = torch.optim.Adam(net.parameters(), lr=2e-3, weight_decay=1e-4)
best, best_state, wait = -1.0, None, 0

for epoch in range(150):
    net.train()
    perm = torch.randperm(len(idx_train))
    losses = []
    for chunk in perm.split(240):
        loss = cox_loss(net(train[0][chunk]), train[1][chunk], train[2][chunk])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    c_val = score(net, *val)
    if c_val > best:
        best, wait = c_val, 0
        best_state = {k: v.clone() for k, v in net.state_dict().items()}
    else:
        wait += 1
    if epoch % 5 == 0:
        print(f"epoch {epoch:3d}  loss {np.mean(losses):.4f}  val c-index {c_val:.4f}")
    if wait >= 25:
        print(f"stopping at epoch {epoch}")
        break

net.load_state_dict(best_state)
print(f"test c-index {score(net, *test):.4f}")
