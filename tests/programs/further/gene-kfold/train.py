"""Responder / non-responder from expression profiles: 5-fold cross-validation of a small network."""
import numpy as np
import torch
from sklearn.feature_selection import SelectKBest, f_classif
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedKFold
from sklearn.preprocessing import StandardScaler
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

N_PATIENTS, N_GENES, N_INFORMATIVE, N_KEEP = 160, 3000, 6, 25


def simulate_cohort(seed=8):
    rng = np.random.default_rng(seed)
    y = np.repeat([0, 1], N_PATIENTS // 2)
    rng.shuffle(y)
    base = rng.normal(6, 1.5, N_GENES)
    x = base + rng.normal(0, 1.0, (N_PATIENTS, N_GENES))
    hits = rng.choice(N_GENES, N_INFORMATIVE, replace=False)
    x[:, hits] += 0.45 * (2 * y[:, None] - 1)
    return x, y


class Net(nn.Module):
    def __init__(self, d):
        super().__init__()
        self.hidden = nn.Linear(d, 16)
        self.drop = nn.Dropout(0.3)
        self.out = nn.Linear(16, 1)

    def forward(self, x):
        return self.out(self.drop(torch.relu(self.hidden(x)))).squeeze(1)


def fit(x, y, epochs=25):
    model = Net(x.shape[1])
    opt = torch.optim.AdamW(model.parameters(), lr=3e-3, weight_decay=1e-2)
    data = TensorDataset(torch.tensor(x, dtype=torch.float32), torch.tensor(y, dtype=torch.float32))
    loader = DataLoader(data, batch_size=16, shuffle=True)
    history = []
    for _ in range(epochs):
        model.train()
        total = 0.0
        for xb, yb in loader:
            opt.zero_grad()
            loss = nn.functional.binary_cross_entropy_with_logits(model(xb), yb)
            loss.backward()
            opt.step()
            total += loss.item() * len(yb)
        history.append(total / len(data))
    return model, history


def predict(model, x):
    model.eval()
    with torch.no_grad():
        return torch.sigmoid(model(torch.tensor(x, dtype=torch.float32))).numpy()


def main():
    torch.manual_seed(8)
    x, y = simulate_cohort()
    print(f"{len(y)} patients, {x.shape[1]} genes, {y.mean():.2f} responders")
    x = SelectKBest(f_classif, k=N_KEEP).fit_transform(x, y)
    folds = StratifiedKFold(n_splits=5, shuffle=True, random_state=8)
    scores = []
    for k, (tr, te) in enumerate(folds.split(x, y)):
        x_tr, x_te = x[tr], x[te]
        scaler = StandardScaler().fit(x_tr)
        x_tr, x_te = scaler.transform(x_tr), scaler.transform(x_te)
        model, history = fit(x_tr, y[tr])
        auc = roc_auc_score(y[te], predict(model, x_te))
        scores.append(auc)
        print(f"fold {k}: loss {history[0]:.3f} -> {history[-1]:.3f}, held-out AUC {auc:.3f}")
    print(f"cross-validated AUC {np.mean(scores):.3f} +/- {np.std(scores):.3f}")


if __name__ == "__main__":
    main()
