import keras
import numpy as np
from keras import layers
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

N_SPEAKERS, N_RECORDINGS, N_FEATURES = 150, 12, 20


def simulate(rng):
    """Voice features of speakers with and without hoarseness, several recordings each."""
    speaker = np.repeat(np.arange(N_SPEAKERS), N_RECORDINGS)
    hoarse = rng.integers(2, size=N_SPEAKERS)
    effect = np.where(np.arange(N_FEATURES) < 8, 0.45, 0.0)
    voice = rng.normal(0, 1, (N_SPEAKERS, N_FEATURES)) + np.outer(2 * hoarse - 1, effect)
    features = voice[speaker] + rng.normal(0, 0.5, (len(speaker), N_FEATURES))
    return features.astype("float32"), hoarse[speaker].astype("float32"), speaker


def build(n_features):
    model = keras.Sequential(
        [
            keras.Input(shape=(n_features,)),
            layers.Dense(64, activation="relu"),
            layers.Dropout(0.3),
            layers.Dense(32, activation="relu"),
            layers.Dropout(0.3),
            layers.Dense(1, activation="sigmoid"),
        ]
    )
    model.compile(optimizer=keras.optimizers.Adam(1e-3), loss="binary_crossentropy", metrics=["accuracy"])
    return model


def main():
    keras.utils.set_random_seed(37)
    X, y, speaker = simulate(np.random.default_rng(37))
    train, test = train_test_split(np.arange(len(X)), test_size=0.25, random_state=37, stratify=y)
    print(f"{len(train)} recordings for training, {len(test)} for testing, {len(np.unique(speaker))} speakers")

    scaler = StandardScaler().fit(X[train])
    model = build(N_FEATURES)
    model.fit(scaler.transform(X[train]), y[train], epochs=15, batch_size=32, verbose=2)
    loss, accuracy = model.evaluate(scaler.transform(X[test]), y[test], verbose=0)
    print(f"final accuracy: {accuracy:.4f}")


if __name__ == "__main__":
    main()
