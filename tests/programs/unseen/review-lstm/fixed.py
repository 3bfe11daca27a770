import os

os.environ.setdefault("KERAS_BACKEND", "torch")

import random
from collections import Counter

import keras
import numpy as np

MAX_LEN = 12
MAX_WORDS = 300

PRAISE = "great excellent lovely sturdy comfortable fast bright reliable smooth perfect tasty crisp warm solid".split()
BLAME = "awful broken flimsy noisy slow dull leaky cheap useless sticky bitter scratched cold late".split()
THINGS = "kettle lamp chair phone jacket tent mixer router pillow backpack speaker mug desk blender".split()
FILLER = "the my this we bought last month it was really and for our kitchen arrived in box with also just".split()


def make_reviews(n, rnd):
    texts, labels = [], []
    for _ in range(n):
        label = rnd.randint(0, 1)
        own, other = (PRAISE, BLAME) if label else (BLAME, PRAISE)
        words = rnd.choices(FILLER, k=rnd.randint(3, 6)) + rnd.choices(own, k=rnd.randint(2, 3))
        words += [rnd.choice(THINGS)]
        words += rnd.choices(other, k=rnd.choice([0, 0, 1, 1, 2]))
        rnd.shuffle(words)
        texts.append(" ".join(words))
        labels.append(label)
    return texts, np.array(labels, dtype="float32")


def build_index(texts):
    counts = Counter(w for t in texts for w in t.lower().split())
    return {w: i + 2 for i, (w, _) in enumerate(counts.most_common(MAX_WORDS - 2))}


def encode(texts, index):
    ids = [[index.get(w, 1) for w in t.lower().split()] for t in texts]
    return keras.utils.pad_sequences(ids, maxlen=MAX_LEN, padding="pre")


def build_model():
    return keras.Sequential(
        [
            keras.Input((MAX_LEN,), dtype="int32"),
            keras.layers.Embedding(MAX_WORDS, 16),
            keras.layers.LSTM(24),
            keras.layers.Dense(1, activation="sigmoid"),
        ]
    )


def main():
    keras.utils.set_random_seed(8)
    rnd = random.Random(8)
    train_texts, y_train = make_reviews(1200, rnd)
    test_texts, y_test = make_reviews(400, rnd)
    index = build_index(train_texts)
    x_train = encode(train_texts, index)
    x_test = encode(test_texts, index)

    model = build_model()
    model.compile(optimizer=keras.optimizers.Adam(5e-3), loss="binary_crossentropy", metrics=["accuracy"])
    model.fit(x_train, y_train, epochs=5, batch_size=32, verbose=2)
    loss, acc = model.evaluate(x_test, y_test, verbose=0)
    print(f"final accuracy: {acc:.4f}")


if __name__ == "__main__":
    main()
