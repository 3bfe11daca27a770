import os

os.environ.setdefault("KERAS_BACKEND", "torch")

import keras
from keras import layers
from sklearn.datasets import load_wine
from sklearn.metrics import r2_score
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

keras.utils.set_random_seed(17)

frame = load_wine(as_frame=True).frame
cultivar = frame.pop("target").to_numpy()
flavanoids = frame.pop("flavanoids").to_numpy().reshape(-1, 1)

x_tr, x_te, c_tr, c_te, f_tr, f_te = train_test_split(
    frame.to_numpy(), cultivar, flavanoids, test_size=0.3, random_state=17, stratify=cultivar
)
x_scaler = StandardScaler().fit(x_tr)
f_scaler = StandardScaler().fit(f_tr)
x_tr, x_te = x_scaler.transform(x_tr), x_scaler.transform(x_te)
f_tr, f_te = f_scaler.transform(f_tr), f_scaler.transform(f_te)

inputs = keras.Input((x_tr.shape[1],), name="chemistry")
trunk = layers.Dense(32, activation="relu")(inputs)
trunk = layers.Dense(32, activation="relu")(trunk)
cultivar_out = layers.Dense(3, activation="softmax", name="cultivar")(trunk)
flavanoids_out = layers.Dense(1, activation="relu", name="flavanoids")(trunk)

model = keras.Model(inputs, {"cultivar": cultivar_out, "flavanoids": flavanoids_out})
model.compile(
    optimizer=keras.optimizers.Adam(2e-3),
    loss={"cultivar": "sparse_categorical_crossentropy", "flavanoids": "mse"},
    metrics={"cultivar": ["accuracy"], "flavanoids": ["mae"]},
)
model.fit(x_tr, {"cultivar": c_tr, "flavanoids": f_tr}, epochs=60, batch_size=16, verbose=2)

pred = model.predict(x_te, verbose=0)
print("cultivar accuracy:", (pred["cultivar"].argmax(axis=1) == c_te).mean())
print(f"final r2: {r2_score(f_te, pred['flavanoids']):.4f}")
