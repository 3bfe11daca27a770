import numpy as np
import torch
import torch.nn as nn

rng = np.random.default_rng(101)
torch.manual_seed(101)

# leaf measurements from two field campaigns (length, width, roundness, lobes)
SPECIES_2019 = ["oak", "beech", "maple", "birch", "lime"]
SPECIES_2023 = ["beech", "birch", "lime", "maple", "oak"]
SHAPE = {
    "oak": (11.0, 6.5, 0.62, 7.0),
    "beech": (8.0, 5.0, 0.85, 0.5),
    "maple": (12.0, 13.0, 0.50, 5.0),
    "birch": (5.5, 4.0, 0.78, 2.0),
    "lime": (9.0, 8.5, 0.88, 1.0),
}
SPREAD = (1.3, 1.1, 0.06, 0.9)


def campaign(n, code_book):
    codes = rng.integers(0, len(code_book), n)
    leaves = np.array([rng.normal(SHAPE[code_book[c]], SPREAD) for c in codes])
    return leaves, codes


x19, y19 = campaign(600, SPECIES_2019)
x23, y23 = campaign(900, SPECIES_2023)
y23 = np.array([SPECIES_2019.index(SPECIES_2023[c]) for c in y23])
x_test, y_test = campaign(400, SPECIES_2019)

x = np.concatenate([x19, x23])
y = torch.tensor(np.concatenate([y19, y23]))
mean, std = x.mean(0), x.std(0)
x = torch.tensor((x - mean) / std, dtype=torch.float32)
x_test = torch.tensor((x_test - mean) / std, dtype=torch.float32)

model = nn.Sequential(nn.Linear(4, 32), nn.ReLU(), nn.Linear(32, 5))
optimizer = torch.optim.Adam(model.parameters(), lr=5e-3)
criterion = nn.CrossEntropyLoss()
for epoch in range(30):
    total = 0.0
    for idx in torch.randperm(len(x)).split(50):
        optimizer.zero_grad()
        loss = criterion(model(x[idx]), y[idx])
        loss.backward()
        optimizer.step()
        total += loss.item() * len(idx)
    if epoch % 5 == 4:
        print(f"epoch {epoch + 1}: {total / len(x):.4f}")

with torch.no_grad():
    predicted = model(x_test).argmax(1).numpy()
print(f"final accuracy: {np.mean(predicted == y_test):.4f}")
