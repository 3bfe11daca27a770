"""A small decoder-only transformer continues arithmetic progressions modulo 23."""

import torch
import torch.nn as nn
import torch.nn.functional as F

MOD = 23
LENGTH = 14
PROMPT = 4


def progressions(n, generator):
    start = torch.randint(0, MOD, (n, 1), generator=generator)
    step = torch.randint(1, 8, (n, 1), generator=generator)
    return (start + step * torch.arange(LENGTH)) % MOD


class Decoder(nn.Module):
    def __init__(self, dim=48, heads=4, layers=2):
        super().__init__()
        self.tok = nn.Embedding(MOD, dim)
        self.pos = nn.Embedding(LENGTH, dim)
        layer = nn.TransformerEncoderLayer(dim, heads, dim_feedforward=128, dropout=0.0, batch_first=True, norm_first=True)
        self.body = nn.TransformerEncoder(layer, layers, enable_nested_tensor=False)
        self.out = nn.Linear(dim, MOD)

    def forward(self, ids):
        t = ids.shape[1]
        mask = torch.triu(torch.full((t, t), float("-inf")), diagonal=2)
        h = self.tok(ids) + self.pos(torch.arange(t))
        return self.out(self.body(h, mask=mask))


@torch.no_grad()
def generate(model, prompt, n_new):
    ids = prompt
    for _ in range(n_new):
        nxt = model(ids)[:, -1].argmax(-1, keepdim=True)
        ids = torch.cat([ids, nxt], dim=1)
    return ids


def train(steps=400, batch=64, lr=2e-3):
    g = torch.Generator().manual_seed(2)
    model = Decoder()
    opt = torch.optim.AdamW(model.parameters(), lr=lr)
    model.train()
    for step in range(1, steps + 1):
        seq = progressions(batch, g)
        logits = model(seq[:, :-1])
        loss = F.cross_entropy(logits.reshape(-1, MOD), seq[:, 1:].reshape(-1))
        opt.zero_grad()
        loss.backward()
        opt.step()
        if step % 50 == 0:
            print(f"step {step} loss {loss.item():.4f}")
    return model


if __name__ == "__main__":
    torch.manual_seed(2)
    model = train()
    model.eval()
    held_out = progressions(300, torch.Generator().manual_seed(99))
    written = generate(model, held_out[:, :PROMPT], LENGTH - PROMPT)
    acc = (written[:, PROMPT:] == held_out[:, PROMPT:]).float().mean().item()
    print("prompt", held_out[0, :PROMPT].tolist(), "->", written[0, PROMPT:].tolist())
    print(f"final continuation accuracy: {acc:.4f}")
