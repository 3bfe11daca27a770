"""How deep can a plain tanh network be on the digits data? Six hidden layers."""
import torch
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

CONFIG = dict(depth=6, width=100, lr=1e-3, epochs=24, batch=64, patience=12, seed=13)


def build(depth, width):
    layers, d = [], 64
    for _ in range(depth):
        layers += [nn.Linear(d, width), nn.Tanh()]
        d = width
    layers.append(nn.Linear(d, 10))
    return nn.Sequential(*layers)


def init_weights(m):
    if isinstance(m, nn.Linear):
        nn.init.xavier_normal_(m.weight, gain=1.0)
        nn.init.zeros_(m.bias)


def load(seed):
    X, y = load_digits(return_X_y=True)
    X, Xt, y, yt = train_test_split(X, y, test_size=0.25, random_state=seed, stratify=y)
    X, Xv, y, yv = train_test_split(X, y, test_size=0.2, random_state=seed, stratify=y)
    sc = StandardScaler().fit(X)

    def pack(a, b):
        return TensorDataset(torch.tensor(sc.transform(a), dtype=torch.float32), torch.tensor(b))

    return pack(X, y), pack(Xv, yv), pack(Xt, yt)


def evaluate(net, data):
    net.eval()
    x, y = data.tensors
    with torch.no_grad():
        logits = net(x)
    return nn.functional.cross_entropy(logits, y).item(), (logits.argmax(1) == y).float().mean().item()


class EarlyStopping:
    def __init__(self, patience):
        self.patience, self.best, self.bad, self.state = patience, float("inf"), 0, None

    def update(self, value, net):
        if value < self.best:
            self.best, self.bad = value, 0
            self.state = {k: v.clone() for k, v in net.state_dict().items()}
        else:
            self.bad += 1
        return self.bad >= self.patience


def main(cfg):
    torch.manual_seed(cfg["seed"])
    train, val, test = load(cfg["seed"])
    net = build(cfg["depth"], cfg["width"])
    net.apply(init_weights)
    loader = DataLoader(train, batch_size=cfg["batch"], shuffle=True)
    optimizer = torch.optim.Adam(net.parameters(), lr=cfg["lr"])
    criterion = nn.CrossEntropyLoss()
    stopper = EarlyStopping(cfg["patience"])
    for epoch in range(cfg["epochs"]):
        net.train()
        seen, total = 0, 0.0
        for xb, yb in loader:
            optimizer.zero_grad()
            loss = criterion(net(xb), yb)
            loss.backward()
            optimizer.step()
            total += loss.item() * len(yb)
            seen += len(yb)
        vloss, vacc = evaluate(net, val)
        if epoch % 2 == 0:
            print(f"{epoch:3d} train {total / seen:.4f} | val {vloss:.4f} acc {vacc:.3f}")
        if stopper.update(vloss, net):
            print(f"early stop at {epoch}")
            break
    net.load_state_dict(stopper.state)
    print("test loss %.4f acc %.4f" % evaluate(net, test))


if __name__ == "__main__":
    main(CONFIG)
