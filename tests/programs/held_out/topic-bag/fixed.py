import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader

TOPICS = {
    "sport": "match goal team coach league season score player win stadium".split(),
    "money": "bank market shares profit price trade investor budget tax loan".split(),
    "science": "study cell energy planet data laboratory theory climate virus experiment".split(),
    "culture": "film novel museum actor song stage painter festival album theatre".split(),
}
COMMON = "the of and to in on year new people says first after over city could time week report".split()


def headline(topic, rng):
    names = list(TOPICS)
    words = list(rng.choice(COMMON, rng.integers(6, 12)))
    words += list(rng.choice(TOPICS[names[topic]], 3))
    if rng.random() < 0.4:
        words.append(rng.choice(TOPICS[names[rng.integers(len(names))]]))
    rng.shuffle(words)
    return words


class BagClassifier(nn.Module):
    def __init__(self, vocab_size, n_classes, dim=24):
        super().__init__()
        self.embedding = nn.EmbeddingBag(vocab_size, dim, mode="mean")
        self.fc = nn.Linear(dim, n_classes)

    def forward(self, tokens, offsets):
        return self.fc(self.embedding(tokens, offsets))


def collate(batch):
    tokens = torch.cat([torch.tensor(ids) for ids, _ in batch])
    lengths = torch.tensor([0] + [len(ids) for ids, _ in batch[:-1]])
    labels = torch.tensor([label for _, label in batch])
    return tokens, lengths.cumsum(0), labels


def predict(model, loader):
    model.eval()
    preds = []
    with torch.no_grad():
        for tokens, offsets, _ in loader:
            preds.append(model(tokens, offsets).argmax(dim=1))
    return torch.cat(preds).numpy()


def main():
    torch.manual_seed(15)
    rng = np.random.default_rng(15)
    labels = rng.integers(len(TOPICS), size=2500)
    docs = [headline(label, rng) for label in labels]
    vocab = {word: i for i, word in enumerate(COMMON + sum(TOPICS.values(), []))}
    examples = [([vocab[w] for w in doc], int(label)) for doc, label in zip(docs, labels)]

    train_loader = DataLoader(examples[:2000], batch_size=32, shuffle=True, collate_fn=collate)
    test_loader = DataLoader(examples[2000:], batch_size=100, shuffle=False, collate_fn=collate)
    y_test = labels[2000:]

    model = BagClassifier(len(vocab), len(TOPICS))
    optimizer = torch.optim.Adam(model.parameters(), lr=5e-3)
    criterion = nn.CrossEntropyLoss()
    for epoch in range(6):
        model.train()
        losses = []
        for tokens, offsets, target in train_loader:
            optimizer.zero_grad()
            loss = criterion(model(tokens, offsets), target)
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
        print(f"epoch {epoch + 1} loss {np.mean(losses):.4f}")

    accuracy = (predict(model, test_loader) == y_test).mean()
    print(f"final accuracy: {accuracy:.4f}")


if __name__ == "__main__":
    main()
