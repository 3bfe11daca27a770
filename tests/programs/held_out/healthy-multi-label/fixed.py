import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(57)
rng = np.random.default_rng(57)

TAGS = {
    "vegan": "tofu lentils chickpeas tempeh beans".split(),
    "spicy": "chili jalapeno cayenne harissa wasabi".split(),
    "dessert": "sugar vanilla cream chocolate honey".split(),
    "baked": "flour yeast oven dough crust".split(),
    "quick": "instant microwave toast wrap salad".split(),
}
BASICS = "water salt oil pepper garlic onion butter egg rice lemon milk parsley".split()
WORDS = BASICS + [w for words in TAGS.values() for w in words]
MAX_LEN = 16


def recipe():
    present = rng.random(len(TAGS)) < 0.35
    words = list(rng.choice(BASICS, rng.integers(4, 7)))
    for on, own in zip(present, TAGS.values()):
        if on:
            words += list(rng.choice(own, rng.integers(1, 3)))
        elif rng.random() < 0.03:
            words.append(rng.choice(own))
    rng.shuffle(words)
    return " ".join(words[:MAX_LEN]), present.astype("float32")


recipes = [recipe() for _ in range(2200)]
texts = np.array([text for text, _ in recipes])
labels = np.array([tags for _, tags in recipes])

index = {word: i + 1 for i, word in enumerate(WORDS)}
tokens = np.zeros((len(texts), MAX_LEN), dtype="int32")
for row, text in enumerate(texts):
    ids = [index[word] for word in text.split()]
    tokens[row, : len(ids)] = ids
x_train, x_test, y_train, y_test = tokens[:1800], tokens[1800:], labels[:1800], labels[1800:]

model = keras.Sequential(
    [
        keras.Input(shape=(MAX_LEN,), dtype="int32"),
        layers.Embedding(len(WORDS) + 1, 24, mask_zero=True),
        layers.GlobalAveragePooling1D(),
        layers.Dense(32, activation="relu"),
        layers.Dense(len(TAGS), activation="sigmoid"),
    ]
)
model.compile(
    optimizer=keras.optimizers.Adam(5e-3),
    loss="binary_crossentropy",
    metrics=[keras.metrics.BinaryAccuracy(), keras.metrics.AUC(multi_label=True, name="auc")],
)
model.fit(x_train, y_train, epochs=10, batch_size=32, validation_split=0.1, verbose=2)

predicted = model.predict(x_test, verbose=0) > 0.5
hits = (predicted & (y_test > 0.5)).sum()
f1 = 2 * hits / (predicted.sum() + y_test.sum())
print(f"final micro_f1: {f1:.4f}")
