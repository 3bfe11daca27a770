import numpy as np
import torch
import torch.nn as nn

rng = np.random.default_rng(88)
torch.manual_seed(88)

CODE = {"A": ".-", "D": "-..", "E": ".", "G": "--.", "I": "..", "K": "-.-", "M": "--", "N": "-.", "O": "---", "R": ".-."}
LETTERS = list(CODE)
STEPS = 60


def keyed(letter):
    unit = rng.uniform(2.5, 4.0)
    out = np.zeros(STEPS)
    pos = rng.uniform(1, 8)
    for mark in CODE[letter]:
        length = unit * (3 if mark == "-" else 1)
        out[int(pos) : int(pos + length)] = 1
        pos += length + unit
    return out + 0.2 * rng.standard_normal(STEPS)


def dataset(n):
    y = rng.integers(0, len(LETTERS), n)
    x = np.stack([keyed(LETTERS[k]) for k in y])
    return torch.tensor(x, dtype=torch.float32).unsqueeze(1), torch.tensor(y)


x_train, y_train = dataset(1500)
x_test, y_test = dataset(400)

net = nn.Sequential(
    nn.Conv1d(1, 16, 9, padding=4),
    nn.ReLU(),
    nn.MaxPool1d(2),
    nn.Conv1d(16, 32, 5, padding=2),
    nn.ReLU(),
    nn.MaxPool1d(2),
    nn.Flatten(),
    nn.Linear(32 * 15, 64),
    nn.ReLU(),
    nn.Linear(64, 10),
)
WARMUP_STEPS = 50
optimizer = torch.optim.AdamW(net.parameters(), lr=2e-3)
warmup = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: min(1.0, (step + 1) / WARMUP_STEPS))

for epoch in range(12):
    losses = []
    for idx in torch.randperm(len(x_train)).split(50):
        optimizer.zero_grad()
        loss = nn.functional.cross_entropy(net(x_train[idx]), y_train[idx])
        loss.backward()
        optimizer.step()
        warmup.step()
        losses.append(loss.item())
    print(f"epoch {epoch + 1}: loss {np.mean(losses):.4f}, lr {warmup.get_last_lr()[0]:.2e}")

with torch.no_grad():
    acc = (net(x_test).argmax(1) == y_test).float().mean().item()
print(f"final accuracy: {acc:.4f}")
