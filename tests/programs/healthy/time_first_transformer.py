"""A tagger that keeps time as the first axis throughout, with padding that the loss leaves out."""

import torch
from torch import nn
from torch.nn.utils.rnn import pad_sequence

torch.manual_seed(0)
WORDS, TAGS, PAD = 12, 4, -100


def sentences(number):
    words = [torch.randint(1, WORDS, (int(length),)) for length in torch.randint(4, 14, (number,))]
    return [(row, (row * 5 + row.roll(1)) % TAGS) for row in words]


def collate(rows):
    return pad_sequence([row for row, _ in rows]), pad_sequence([tags for _, tags in rows], padding_value=PAD)


class Tagger(nn.Module):
    def __init__(self):
        super().__init__()
        self.words = nn.Embedding(WORDS, 32, padding_idx=0)
        self.places = nn.Parameter(0.1 * torch.randn(16, 1, 32))
        self.encoder = nn.TransformerEncoderLayer(32, 2, 64, dropout=0.0)
        self.out = nn.Linear(32, TAGS)

    def forward(self, words):
        x = self.words(words) + self.places[: len(words)]
        return self.out(self.encoder(x, src_key_padding_mask=(words == 0).t()))


train, held_out = sentences(320), sentences(64)
loader = torch.utils.data.DataLoader(train, batch_size=32, shuffle=True, collate_fn=collate)
model = Tagger()
optimizer = torch.optim.Adam(model.parameters(), lr=5e-3)
loss_function = nn.CrossEntropyLoss(ignore_index=PAD)
for epoch in range(8):
    model.train()
    for words, tags in loader:
        loss = loss_function(model(words).flatten(0, 1), tags.flatten())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
model.eval()
with torch.no_grad():
    words, tags = collate(held_out)
    known = tags != PAD
    print("accuracy", (model(words).argmax(-1) == tags)[known].float().mean().item())
