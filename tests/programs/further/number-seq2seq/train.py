"""Translate integers into English words, letter by letter digits -> word tokens."""
import random

import torch
import torch.nn as nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_sequence
from torch.utils.data import DataLoader

ONES = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split()
TENS = "_ _ twenty thirty forty fifty sixty seventy eighty ninety".split()


def spell(n):
    if n < 20:
        return [ONES[n]]
    if n < 100:
        return [TENS[n // 10]] + ([ONES[n % 10]] if n % 10 else [])
    if n < 1000:
        rest = n % 100
        return [ONES[n // 100], "hundred"] + (["and"] + spell(rest) if rest else [])
    rest = n % 1000
    return spell(n // 1000) + ["thousand"] + (spell(rest) if rest else [])


VOCAB = ["<pad>", "<bos>", "<eos>"] + ONES + TENS[2:] + ["hundred", "thousand", "and"]
W2I = {w: i for i, w in enumerate(VOCAB)}
PAD, BOS, EOS = 0, 1, 2


def encode_pair(n):
    src = torch.tensor([int(c) + 1 for c in str(n)])
    tgt = torch.tensor([BOS] + [W2I[w] for w in spell(n)] + [EOS])
    return src, tgt


def collate(numbers):
    src, tgt = zip(*(encode_pair(n) for n in numbers))
    lengths = torch.tensor([len(s) for s in src])
    return pad_sequence(src, batch_first=True), lengths, pad_sequence(tgt, batch_first=True)


class Seq2Seq(nn.Module):
    def __init__(self, hidden=96):
        super().__init__()
        self.src_emb = nn.Embedding(11, 32, padding_idx=0)
        self.tgt_emb = nn.Embedding(len(VOCAB), 32, padding_idx=PAD)
        self.encoder = nn.GRU(32, hidden, batch_first=True)
        self.decoder = nn.GRU(32, hidden, batch_first=True)
        self.out = nn.Linear(hidden, len(VOCAB))

    def encode(self, src, lengths):
        packed = pack_padded_sequence(self.src_emb(src), lengths, batch_first=True, enforce_sorted=False)
        return self.encoder(packed)[1]

    def decode(self, tokens, state):
        h, state = self.decoder(self.tgt_emb(tokens), state)
        return self.out(h), state

    @torch.no_grad()
    def greedy(self, src, lengths, max_len=14):
        state = self.encode(src, lengths)
        token = torch.full((len(src), 1), BOS)
        words = []
        for _ in range(max_len):
            logits, state = self.decode(token, state)
            token = logits.argmax(-1)
            words.append(token)
        return torch.cat(words, 1)


def exact_match(model, loader):
    model.eval()
    good = total = 0
    for src, lengths, tgt in loader:
        for row, ref in zip(model.greedy(src, lengths).tolist(), tgt[:, 1:].tolist()):
            row = row[: row.index(EOS)] if EOS in row else row
            good += row == ref[: ref.index(EOS)]
            total += 1
    return good / total


def main():
    random.seed(5)
    torch.manual_seed(5)
    numbers = list(range(10000))
    random.shuffle(numbers)
    train = DataLoader(numbers[:3000], 64, shuffle=True, collate_fn=collate)
    valid = DataLoader(numbers[3000:3400], 200, collate_fn=collate)
    test = DataLoader(numbers[3400:4400], 200, collate_fn=collate)

    model = Seq2Seq()
    opt = torch.optim.Adam(model.parameters(), lr=3e-3)
    sched = torch.optim.lr_scheduler.StepLR(opt, step_size=3, gamma=0.5)
    loss_fn = nn.CrossEntropyLoss(ignore_index=PAD)
    for epoch in range(10):
        model.train()
        total = 0.0
        for src, lengths, tgt in train:
            logits, _ = model.decode(tgt[:, 1:], model.encode(src, lengths))
            loss = loss_fn(logits.reshape(-1, len(VOCAB)), tgt[:, 1:].reshape(-1))
            opt.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            opt.step()
            total += loss.item()
        sched.step()
        print(f"epoch {epoch + 1} loss {total / len(train):.4f} valid exact {exact_match(model, valid):.3f}")
    print(f"test exact match {exact_match(model, test):.4f}")


if __name__ == "__main__":
    main()
