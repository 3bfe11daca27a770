import math

import torch
import torch.nn as nn
import torch.nn.functional as F

torch.manual_seed(0)
KEYS, VALUES, PAIRS = 12, 6, 8
ASK = VALUES  # value slot of the query


def sample(batch_size):
    """Eight (key, value) slots and a query slot; the answer is the value stored under the queried key."""
    keys = torch.rand(batch_size, KEYS).argsort(1)[:, :PAIRS]
    vals = torch.randint(0, VALUES, (batch_size, PAIRS))
    pick = torch.randint(0, PAIRS, (batch_size, 1))
    query = torch.stack([keys.gather(1, pick), torch.full_like(pick, ASK)], dim=2)
    slots = torch.cat([torch.stack([keys, vals], dim=2), query], dim=1)
    return slots, vals.gather(1, pick).squeeze(1)


class SelfAttention(nn.Module):
    def __init__(self, dim, heads):
        super().__init__()
        self.heads, self.head_dim = heads, dim // heads
        self.query = nn.Linear(dim, dim)
        self.key = nn.Linear(dim, dim)
        self.value = nn.Linear(dim, dim)
        self.proj = nn.Linear(dim, dim)

    def split(self, t):
        B, T, _ = t.shape
        return t.view(B, self.heads, T, self.head_dim)

    def forward(self, x):
        B, T, C = x.shape
        q, k, v = self.split(self.query(x)), self.split(self.key(x)), self.split(self.value(x))
        scores = q @ k.transpose(-2, -1) / math.sqrt(self.head_dim)
        mixed = F.softmax(scores, dim=-1) @ v
        mixed = mixed.reshape(B, T, C)
        return self.proj(mixed)


class Block(nn.Module):
    def __init__(self, dim, heads):
        super().__init__()
        self.ln1, self.ln2 = nn.LayerNorm(dim), nn.LayerNorm(dim)
        self.attn = SelfAttention(dim, heads)
        self.mlp = nn.Sequential(nn.Linear(dim, 2 * dim), nn.GELU(), nn.Linear(2 * dim, dim))

    def forward(self, x):
        x = x + self.attn(self.ln1(x))
        return x + self.mlp(self.ln2(x))


class Recall(nn.Module):
    def __init__(self, dim=48, heads=3, depth=1):
        super().__init__()
        self.key_emb = nn.Embedding(KEYS, dim)
        self.val_emb = nn.Embedding(VALUES + 1, dim)
        self.blocks = nn.Sequential(*[Block(dim, heads) for _ in range(depth)])
        self.head = nn.Linear(dim, VALUES)

    def forward(self, slots):
        x = self.key_emb(slots[..., 0]) + self.val_emb(slots[..., 1])
        return self.head(self.blocks(x)[:, -1])


model = Recall()
opt = torch.optim.AdamW(model.parameters(), lr=3e-3, weight_decay=0.01)
for step in range(1, 801):
    slots, answer = sample(64)
    loss = F.cross_entropy(model(slots), answer)
    opt.zero_grad(set_to_none=True)
    loss.backward()
    opt.step()
    if step % 100 == 0:
        print(f"step {step}: loss {loss.item():.4f}")

slots, answer = sample(1000)
with torch.no_grad():
    acc = (model(slots).argmax(-1) == answer).float().mean().item()
print(f"final accuracy: {acc:.4f}")
