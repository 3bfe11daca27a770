from collections import Counter

import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(9)
rng = np.random.default_rng(9)

PRAISE = "great lovely excellent tasty friendly quick fresh perfect warm generous".split()
BLAME = "awful rude bland cold slow dirty stale terrible noisy overpriced".split()
NEUTRAL = "the food service place table waiter was we had and a lunch dinner soup coffee very staff menu our visit".split()
MAX_LEN, VOCAB = 20, 60


def review(label):
    n = rng.integers(10, MAX_LEN)
    words = list(rng.choice(NEUTRAL, n))
    for i in rng.choice(n, rng.integers(3, 5), replace=False):
        own, other = (PRAISE, BLAME) if label else (BLAME, PRAISE)
        words[i] = rng.choice(own if rng.random() < 0.85 else other)
    return " ".join(words)


def build_index(texts):
    counts = Counter(word for text in texts for word in text.split())
    return {word: i + 2 for i, (word, _) in enumerate(counts.most_common(VOCAB - 2))}


def encode(texts, index):
    tokens = np.zeros((len(texts), MAX_LEN), dtype="int32")
    for row, text in enumerate(texts):
        ids = [index.get(word, 1) for word in text.split()][:MAX_LEN]
        tokens[row, : len(ids)] = ids
    return tokens


labels = rng.integers(2, size=2000)
texts = [review(label) for label in labels]
train_texts, test_texts = texts[:1500], texts[1500:]
y_train, y_test = labels[:1500].astype("float32"), labels[1500:].astype("float32")

index = build_index(train_texts)
x_train = encode(train_texts, index)
x_test = encode(test_texts, index)

model = keras.Sequential(
    [
        keras.Input(shape=(MAX_LEN,), dtype="int32"),
        layers.Embedding(VOCAB, 16),
        layers.GlobalAveragePooling1D(),
        layers.Dense(16, activation="relu"),
        layers.Dense(1, activation="sigmoid"),
    ]
)
model.compile(optimizer=keras.optimizers.Adam(5e-3), loss="binary_crossentropy", metrics=["accuracy"])
model.fit(x_train, y_train, validation_split=0.1, batch_size=32, epochs=8, verbose=2)
loss, acc = model.evaluate(x_test, y_test, verbose=0)
print(f"final accuracy: {acc:.4f}")
