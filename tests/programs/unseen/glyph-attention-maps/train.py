import resource

import numpy as np
import torch
import torch.nn as nn
from mnist1d.data import get_dataset_args, make_dataset

torch.manual_seed(5)
np.random.seed(5)

args = get_dataset_args()
args.num_samples = 3000
data = make_dataset(args)
x_train = torch.tensor(data["x"], dtype=torch.float32)
y_train = torch.tensor(data["y"])
x_test = torch.tensor(data["x_test"], dtype=torch.float32)
y_test = torch.tensor(data["y_test"])
mean, std = x_train.mean(), x_train.std()
x_train, x_test = (x_train - mean) / std, (x_test - mean) / std


class Attention(nn.Module):
    def __init__(self, dim, heads):
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(dim, 3 * dim)
        self.proj = nn.Linear(dim, dim)
        self.maps = []

    def forward(self, x):
        b, t, d = x.shape
        q, k, v = self.qkv(x).view(b, t, 3, self.heads, d // self.heads).permute(2, 0, 3, 1, 4)
        attn = (q @ k.transpose(-2, -1) / (d // self.heads) ** 0.5).softmax(dim=-1)
        self.maps.append(attn)
        return self.proj((attn @ v).transpose(1, 2).reshape(b, t, d))


class GlyphNet(nn.Module):
    def __init__(self, dim=32, heads=4):
        super().__init__()
        self.stem = nn.Sequential(nn.Conv1d(1, dim, 5, padding=2), nn.ReLU(), nn.Conv1d(dim, dim, 3, padding=1))
        self.pos = nn.Parameter(torch.randn(1, 40, dim) * 0.02)
        self.norm1 = nn.LayerNorm(dim)
        self.attn = Attention(dim, heads)
        self.norm2 = nn.LayerNorm(dim)
        self.mlp = nn.Sequential(nn.Linear(dim, 64), nn.GELU(), nn.Linear(64, dim))
        self.head = nn.Linear(dim, 10)

    def forward(self, x):
        h = self.stem(x[:, None, :]).transpose(1, 2) + self.pos
        h = h + self.attn(self.norm1(h))
        h = h + self.mlp(self.norm2(h))
        return self.head(h.mean(dim=1))


def entropy(attn):
    return -(attn * (attn + 1e-9).log()).sum(-1).mean().item()


model = GlyphNet()
optimizer = torch.optim.AdamW(model.parameters(), lr=3e-3)
criterion = nn.CrossEntropyLoss()
for epoch in range(4):
    model.train()
    for idx in torch.randperm(len(x_train)).split(50):
        loss = criterion(model(x_train[idx]), y_train[idx])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    model.eval()
    with torch.no_grad():
        acc = (model(x_test).argmax(1) == y_test).float().mean().item()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"epoch {epoch + 1} test acc {acc:.3f} attention entropy {entropy(model.attn.maps[-1]):.3f} memory {peak:.0f} MB")

print(f"final peak memory MB: {peak:.0f}")
