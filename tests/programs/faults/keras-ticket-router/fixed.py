import random

import keras
import numpy as np

random.seed(27)
keras.utils.set_random_seed(27)

TOPICS = {
    "billing": "invoice charged refund payment card receipt price".split(),
    "login": "password account locked reset email code sign".split(),
    "delivery": "parcel late courier address tracking arrived box".split(),
    "hardware": "screen battery broken cable noise power button".split(),
}
FILLER = "hello my the is was i please help since yesterday it and a with not you can".split()
MAX_LEN = 14


def ticket(topic):
    words = random.sample(TOPICS[topic], 3) + random.choices(FILLER, k=random.randint(3, 11))
    random.shuffle(words)
    return " ".join(words)


names = list(TOPICS)
labels = np.array(random.choices(range(4), k=1400))
texts = [ticket(names[k]) for k in labels]


class WordIndex:
    """Numbers the words in the order in which they appear; 0 is padding, 1 is unknown."""

    def fit(self, texts):
        self.index = {}
        for text in texts:
            for word in text.split():
                self.index.setdefault(word, len(self.index) + 2)
        return self

    def encode(self, texts):
        out = np.zeros((len(texts), MAX_LEN), dtype="int32")
        for i, text in enumerate(texts):
            ids = [self.index.get(w, 1) for w in text.split()][:MAX_LEN]
            out[i, : len(ids)] = ids
        return out


train_texts, test_texts = texts[:1000], texts[1000:]
words = WordIndex().fit(train_texts)
x_train = words.encode(train_texts)
x_test = words.encode(test_texts)

inputs = keras.Input((MAX_LEN,), dtype="int32")
h = keras.layers.Embedding(80, 16, mask_zero=True)(inputs)
h = keras.layers.GlobalAveragePooling1D()(h)
h = keras.layers.Dense(24, activation="relu")(h)
outputs = keras.layers.Dense(4, activation="softmax")(h)
model = keras.Model(inputs, outputs)
model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(x_train, labels[:1000], batch_size=25, epochs=15, verbose=2)

predicted = model.predict(x_test, verbose=0).argmax(axis=1)
print(f"final accuracy: {(predicted == labels[1000:]).mean():.4f}")
