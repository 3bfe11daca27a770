import torch
import torch.nn as nn
import torch.nn.functional as F
from sklearn.linear_model import LogisticRegression

torch.manual_seed(11)
N_CLASSES, DIM = 6, 24
prototypes = torch.randn(N_CLASSES, DIM)
nuisance = torch.linalg.qr(torch.randn(DIM, DIM))[0][:, :8]  # directions that say nothing about the class


def objects(n):
    y = torch.randint(0, N_CLASSES, (n,))
    return prototypes[y] + 0.5 * torch.randn(n, DIM), y


def view(x):
    """A random distortion: large shifts along the nuisance directions, masked features."""
    x = x + 3.0 * torch.randn(len(x), 8) @ nuisance.T
    return x * (torch.rand_like(x) > 0.1)


encoder = nn.Sequential(nn.Linear(DIM, 64), nn.ReLU(), nn.Linear(64, 32))
projector = nn.Sequential(nn.Linear(32, 32), nn.ReLU(), nn.Linear(32, 16))
optimizer = torch.optim.Adam([*encoder.parameters(), *projector.parameters()], lr=2e-3)
x_train, y_train = objects(2000)
x_test, y_test = objects(600)
tau = 0.2

for epoch in range(1, 21):
    total = 0.0
    for idx in torch.randperm(2000).split(125):
        a, b = view(x_train[idx]), view(x_train[idx])
        za, zb = (F.normalize(projector(encoder(v)), dim=1) for v in (a, b))
        similarity = za @ zb.T / tau
        target = torch.arange(len(idx))
        loss = (F.cross_entropy(similarity, target) + F.cross_entropy(similarity.T, target)) / 2
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        total += loss.item() / 16
    if epoch % 4 == 0:
        print(f"epoch {epoch}: info-nce {total:.4f}")

encoder.eval()
with torch.no_grad():
    few = slice(0, 40)  # only 40 objects have a label
    few_x, few_y = view(x_train[few]), y_train[few].numpy()
    test_view = view(x_test)
    train_codes, test_codes = encoder(few_x), encoder(test_view)
probe = LogisticRegression(max_iter=1000).fit(train_codes.numpy(), few_y)
raw = LogisticRegression(max_iter=1000).fit(few_x.numpy(), few_y)
print(f"probe on raw views {raw.score(test_view.numpy(), y_test.numpy()):.4f}")
print(f"final probe accuracy: {probe.score(test_codes.numpy(), y_test.numpy()):.4f}")
