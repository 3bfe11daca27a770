import torch
import torch.nn.functional as F
from sklearn.datasets import load_wine
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

torch.manual_seed(5)
X, y = load_wine(return_X_y=True)
Xtr, Xte, ytr, yte = train_test_split(X, y, test_size=0.4, stratify=y, random_state=5)
sc = StandardScaler().fit(Xtr)
Xtr, Xte = (torch.tensor(sc.transform(a), dtype=torch.float32) for a in (Xtr, Xte))
ytr, yte = torch.tensor(ytr), torch.tensor(yte)


class CosineClassifier(torch.nn.Module):
    """Embeds a sample and compares it with one learned direction per class."""

    def __init__(self, n_in, n_cls, dim=4, temperature=0.01):
        super().__init__()
        self.embed = torch.nn.Sequential(torch.nn.Linear(n_in, 32), torch.nn.Tanh(), torch.nn.Linear(32, dim))
        self.prototypes = torch.nn.Parameter(torch.randn(n_cls, dim))
        self.temperature = temperature

    def forward(self, x):
        z = F.normalize(self.embed(x), dim=1)
        p = F.normalize(self.prototypes, dim=1)
        return z @ p.T / self.temperature


def nll(scores, target):
    logp = torch.log(torch.softmax(scores, dim=1))
    return -logp[torch.arange(len(target)), target].mean()


model = CosineClassifier(Xtr.shape[1], 3)
optim = torch.optim.Adam(model.parameters(), lr=3e-3)
for it in range(400):
    batch = torch.randint(0, len(Xtr), (32,))
    optim.zero_grad()
    loss = nll(model(Xtr[batch]), ytr[batch])
    loss.backward()
    optim.step()
    if it % 50 == 0:
        print(it, loss.item())

with torch.no_grad():
    acc = (model(Xte).argmax(1) == yte).float().mean()
print(f"final accuracy: {acc:.4f}")
