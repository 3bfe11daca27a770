import numpy as np
import torch
from sklearn.model_selection import train_test_split
from torch import nn

torch.manual_seed(4)
np.random.seed(4)

# --- catalogue -------------------------------------------------------------
# temperature [K], luminosity [L_sun], radius [R_sun], absolute magnitude
n = 240
kinds = ["brown dwarf", "red dwarf", "white dwarf", "main sequence", "supergiant"]
temp = [(2900, 350), (3400, 350), (13000, 3500), (9500, 3500), (6500, 2500)]
loglum = [(-3.2, 0.3), (-1.8, 0.4), (-2.4, 0.4), (1.2, 0.7), (5.2, 0.4)]
lograd = [(-0.95, 0.1), (-0.45, 0.15), (-2.0, 0.1), (0.35, 0.25), (2.2, 0.25)]
mag = [(17.5, 1.0), (12.5, 1.2), (12.6, 1.0), (2.0, 1.6), (-6.2, 1.0)]
blocks, target = [], []
for k in range(len(kinds)):
    blocks.append(
        np.column_stack(
            [
                np.random.normal(*temp[k], n).clip(1800),
                10 ** np.random.normal(*loglum[k], n),
                10 ** np.random.normal(*lograd[k], n),
                np.random.normal(*mag[k], n),
            ]
        )
    )
    target.append(np.full(n, k))
stars, target = np.concatenate(blocks), np.concatenate(target)

x_tr, x_te, y_tr, y_te = train_test_split(stars, target, test_size=0.3, random_state=4, stratify=target)
x_tr, x_te = torch.from_numpy(x_tr).float(), torch.from_numpy(x_te).float()
y_tr, y_te = torch.from_numpy(y_tr), torch.from_numpy(y_te)

# --- model -----------------------------------------------------------------
model = nn.Sequential(
    nn.Linear(4, 24),
    nn.ReLU(),
    nn.Linear(24, 24),
    nn.ReLU(),
    nn.Linear(24, len(kinds)),
    nn.Softmax(dim=1),
)
loss_fn = nn.CrossEntropyLoss()
opt = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9)

# --- fit -------------------------------------------------------------------
for epoch in range(30):
    perm = torch.randperm(len(x_tr))
    for idx in perm.split(40):
        loss = loss_fn(model(x_tr[idx]), y_tr[idx])
        opt.zero_grad()
        loss.backward()
        opt.step()
    print(f"epoch {epoch:2d}  loss {loss.item():.3f}")

model.eval()
with torch.no_grad():
    acc = (model(x_te).argmax(1) == y_te).double().mean()
print(f"final accuracy: {acc:.4f}")
