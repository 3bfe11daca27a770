import torch
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from torch import nn

torch.manual_seed(6)


class Encoder(nn.Module):
    def __init__(self, dim=16):
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(64, 96), nn.ReLU(), nn.Linear(96, dim))

    def forward(self, x):
        return self.layers(x)


def distance(a, b):
    return torch.sqrt(((a - b) ** 2).sum(dim=1))


def contrastive_loss(dist, same, margin=2.0):
    pull = same * dist.pow(2)
    push = (1 - same) * torch.clamp(margin - dist, min=0).pow(2)
    return (pull + push).mean()


def sample_pairs(labels, by_class, n):
    """Half of the pairs show the same digit, the other half any two images."""
    left = torch.randint(len(labels), (n,))
    right = torch.randint(len(labels), (n,))
    for i in range(0, n, 2):
        members = by_class[labels[left[i]].item()]
        right[i] = members[torch.randint(len(members), (1,))]
    same = (labels[left] == labels[right]).float()
    return left, right, same


digits = load_digits()
X_train, X_test, y_train, y_test = train_test_split(
    digits.data / 16.0, digits.target, test_size=0.3, stratify=digits.target, random_state=6
)
X_train, X_test = torch.tensor(X_train, dtype=torch.float32), torch.tensor(X_test, dtype=torch.float32)
y_train, y_test = torch.tensor(y_train), torch.tensor(y_test)
by_class = {c: (y_train == c).nonzero().squeeze(1) for c in range(10)}

encoder = Encoder()
optimizer = torch.optim.Adam(encoder.parameters(), lr=1e-3)
encoder.train()
for step in range(1, 801):
    left, right, same = sample_pairs(y_train, by_class, 64)
    dist = distance(encoder(X_train[left]), encoder(X_train[right]))
    loss = contrastive_loss(dist, same)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if step % 100 == 0:
        print(f"step {step} loss {loss.item():.4f}")

# nearest class centre in the embedding
encoder.eval()
with torch.no_grad():
    z_train, z_test = encoder(X_train), encoder(X_test)
    centres = torch.stack([z_train[y_train == c].mean(0) for c in range(10)])
    pred = torch.cdist(z_test, centres).argmin(dim=1)
print(f"final accuracy: {(pred == y_test).float().mean().item():.4f}")
