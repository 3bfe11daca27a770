"""Attention with -inf in its masks, and rows of padding: infinities on purpose, none of which reaches the loss."""

import math

import torch
from torch import nn

torch.manual_seed(0)
WORDS, LENGTH, PAD = 12, 10, 0


class CausalModel(nn.Module):
    def __init__(self, width=32):
        super().__init__()
        self.embedding = nn.Embedding(WORDS, width, padding_idx=PAD)
        self.places = nn.Parameter(torch.zeros(1, LENGTH, width))
        self.query, self.key, self.value = nn.Linear(width, width), nn.Linear(width, width), nn.Linear(width, width)
        self.norm, self.head = nn.LayerNorm(width), nn.Linear(width, WORDS)
        self.register_buffer("future", torch.full((LENGTH, LENGTH), float("-inf")).triu(1))

    def forward(self, ids):
        h = self.embedding(ids) + self.places
        scores = self.query(h) @ self.key(h).transpose(1, 2) / math.sqrt(h.shape[-1]) + self.future
        scores = scores.masked_fill((ids == PAD).unsqueeze(1), float("-inf"))
        weights = torch.nan_to_num(torch.softmax(scores, dim=-1))
        return self.head(self.norm(h + weights @ self.value(h)))


def batch(rows):
    first, step = torch.randint(1, WORDS, (rows, 1)), torch.randint(1, 4, (rows, 1))
    ids = (first + step * torch.arange(LENGTH + 1) - 1) % (WORDS - 1) + 1
    ids[torch.arange(LENGTH + 1) >= torch.randint(6, LENGTH + 2, (rows, 1))] = PAD
    return ids[:, :-1], ids[:, 1:]


model = CausalModel()
optimizer = torch.optim.AdamW(model.parameters(), lr=5e-3)
loss_function = nn.CrossEntropyLoss(ignore_index=PAD)
for step in range(300):
    ids, following = batch(32)
    loss = loss_function(model(ids).flatten(0, 1), following.flatten())
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()

model.eval()
with torch.no_grad():
    ids, following = batch(400)
    kept = following != PAD
    kept[:, 0] = False
    accuracy = (model(ids).argmax(-1) == following)[kept].float().mean().item()
print(f"final accuracy: {accuracy:.4f}")
