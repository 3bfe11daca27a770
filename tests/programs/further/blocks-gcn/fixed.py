"""Graph convolution written by hand. Transductive node classification on a stochastic block model."""
import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F


def block_model(n=1200, k=4, p_in=0.012, p_out=0.002, d=24, seed=14):
    rng = np.random.default_rng(seed)
    y = rng.integers(0, k, n)
    prob = np.where(y[:, None] == y[None, :], p_in, p_out)
    upper = np.triu(rng.random((n, n)) < prob, 1)
    adj = (upper | upper.T).astype(np.float32)
    centres = rng.normal(0, 0.55, (k, d))
    x = centres[y] + rng.normal(0, 1.0, (n, d))
    return x.astype(np.float32), adj, y


def propagation(adj):
    a = torch.from_numpy(adj) + torch.eye(len(adj))
    inv = a.sum(1).pow(-0.5)
    return (inv[:, None] * a * inv[None, :]).to_sparse()


class GraphConv(nn.Module):
    def __init__(self, d_in, d_out):
        super().__init__()
        self.weight = nn.Parameter(torch.empty(d_in, d_out))
        self.bias = nn.Parameter(torch.zeros(d_out))
        nn.init.xavier_uniform_(self.weight)

    def forward(self, prop, x):
        return torch.sparse.mm(prop, x @ self.weight) + self.bias


class GCN(nn.Module):
    def __init__(self, d, hidden, k, p=0.5):
        super().__init__()
        self.g1, self.g2, self.p = GraphConv(d, hidden), GraphConv(hidden, k), p

    def forward(self, prop, x):
        x = F.dropout(x, self.p, self.training)
        x = F.relu(self.g1(prop, x))
        x = F.dropout(x, self.p, self.training)
        return self.g2(prop, x)


def masks(y, per_class, n_val, seed):
    rng = np.random.default_rng(seed)
    train = np.concatenate([rng.choice(np.where(y == c)[0], per_class, replace=False) for c in np.unique(y)])
    rest = rng.permutation(np.setdiff1d(np.arange(len(y)), train))
    out = []
    for idx in (train, rest[:n_val], rest[n_val:]):
        m = torch.zeros(len(y), dtype=torch.bool)
        m[torch.from_numpy(idx)] = True
        out.append(m)
    return out


def main():
    torch.manual_seed(14)
    x, adj, y = block_model()
    train, val, test = masks(y, per_class=20, n_val=200, seed=14)
    prop, x, y = propagation(adj), torch.from_numpy(x), torch.from_numpy(y)
    print(f"{len(y)} nodes, {int(adj.sum()) // 2} edges, {int(train.sum())} labelled")

    model = GCN(x.shape[1], 32, 4)
    opt = torch.optim.Adam(
        [{"params": model.g1.parameters(), "weight_decay": 5e-4}, {"params": model.g2.parameters(), "weight_decay": 0.0}],
        lr=0.01,
    )
    best, kept, since = 0.0, None, 0
    for epoch in range(300):
        model.train()
        loss = F.cross_entropy(model(prop, x)[train], y[train])
        opt.zero_grad()
        loss.backward()
        opt.step()

        model.eval()
        with torch.no_grad():
            hit = model(prop, x).argmax(1) == y
        acc_val = hit[val].float().mean().item()
        if acc_val > best:
            best, kept, since = acc_val, {k: v.clone() for k, v in model.state_dict().items()}, 0
        else:
            since += 1
        if epoch % 20 == 0:
            print(f"epoch {epoch:3d} loss {loss.item():.4f} train {hit[train].float().mean():.3f} val {acc_val:.3f}")
        if since >= 100:
            break
    model.load_state_dict(kept)
    model.eval()
    with torch.no_grad():
        acc = (model(prop, x).argmax(1) == y)[test].float().mean().item()
    print(f"test accuracy {acc:.4f}")


if __name__ == "__main__":
    main()
