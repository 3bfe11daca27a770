"""Evolution strategies instead of back-propagation: antithetic sampling with an Adam update of the centre."""
import time

import numpy as np
import torch
from sklearn.datasets import load_digits
from sklearn.decomposition import PCA
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler
from torch import nn
from torch.nn.utils import parameters_to_vector, vector_to_parameters

torch.manual_seed(5)
torch.set_grad_enabled(False)

POP, SIGMA, LR, GENERATIONS, BATCH = 60, 0.05, 0.03, 240, 256

X, y = load_digits(return_X_y=True)
X_tr, X_te, y_tr, y_te = train_test_split(X, y, test_size=0.25, random_state=5, stratify=y)
X_tr, X_va, y_tr, y_va = train_test_split(X_tr, y_tr, test_size=0.2, random_state=5, stratify=y_tr)
pca = PCA(20, random_state=5).fit(X_tr)
scaler = StandardScaler().fit(pca.transform(X_tr))


def prepare(a, b):
    return torch.tensor(scaler.transform(pca.transform(a)), dtype=torch.float32), torch.tensor(b)


train, val, test = prepare(X_tr, y_tr), prepare(X_va, y_va), prepare(X_te, y_te)
model = nn.Sequential(nn.Linear(20, 16), nn.Tanh(), nn.Linear(16, 10))
model.eval()


def fitness(vector, x, t):
    vector_to_parameters(vector, model.parameters())
    return -nn.functional.cross_entropy(model(x), t).item()


def accuracy(vector, data):
    vector_to_parameters(vector, model.parameters())
    return (model(data[0]).argmax(1) == data[1]).float().mean().item()


def ranks(f):
    r = np.empty(len(f))
    r[np.argsort(f)] = np.arange(len(f))
    return torch.tensor(r / (len(f) - 1) - 0.5, dtype=torch.float32)


class Adam:
    def __init__(self, dim, lr, b1=0.9, b2=0.99):
        self.m, self.v, self.t, self.lr, self.b1, self.b2 = torch.zeros(dim), torch.zeros(dim), 0, lr, b1, b2

    def step(self, g):
        self.t += 1
        self.m = self.b1 * self.m + (1 - self.b1) * g
        self.v = self.b2 * self.v + (1 - self.b2) * g * g
        m, v = self.m / (1 - self.b1**self.t), self.v / (1 - self.b2**self.t)
        return self.lr * m / (v.sqrt() + 1e-8)


centre = parameters_to_vector(model.parameters()).clone()
adam = Adam(len(centre), LR)
print(f"{len(centre)} parameters, population {2 * POP}")
start = time.time()
for gen in range(1, GENERATIONS + 1):
    pick = torch.randint(0, len(train[1]), (BATCH,))
    x, t = train[0][pick], train[1][pick]
    noise = torch.randn(POP, len(centre))
    scores = np.array([fitness(centre + s * SIGMA * e, x, t) for s in (1, -1) for e in noise])
    r = ranks(scores)
    direction = ((r[:POP] - r[POP:]) @ noise) / (POP * SIGMA)
    centre = centre + adam.step(direction)
    if gen % 24 == 0:
        print(f"gen {gen:4d} loss {-fitness(centre, *train):.4f} val acc {accuracy(centre, val):.3f} ({time.time() - start:.1f}s)")
print(f"test accuracy {accuracy(centre, test):.4f}")
