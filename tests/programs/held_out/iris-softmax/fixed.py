import keras
from keras import layers, regularizers
from sklearn.datasets import load_iris
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

keras.utils.set_random_seed(23)

X, y = load_iris(return_X_y=True)
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.3, stratify=y, random_state=23)
scaler = StandardScaler().fit(X_train)
X_train, X_test = scaler.transform(X_train), scaler.transform(X_test)
Y_train = keras.utils.to_categorical(y_train, 3)
Y_test = keras.utils.to_categorical(y_test, 3)


def dense(units, activation):
    return layers.Dense(
        units,
        activation=activation,
        kernel_initializer="he_normal",
        kernel_regularizer=regularizers.l2(0.001),
    )


model = keras.Sequential([keras.Input(shape=(4,)), dense(16, "relu"), dense(16, "relu"), dense(3, "softmax")])
model.compile(
    optimizer=keras.optimizers.Adam(learning_rate=5e-3),
    loss=keras.losses.CategoricalCrossentropy(),
    metrics=[keras.metrics.CategoricalAccuracy(name="accuracy")],
)
history = model.fit(X_train, Y_train, epochs=50, batch_size=16, verbose=0)
for epoch in range(0, 50, 10):
    print(f"epoch {epoch:3d} loss {history.history['loss'][epoch]:.4f} accuracy {history.history['accuracy'][epoch]:.4f}")

scores = model.evaluate(X_test, Y_test, return_dict=True, verbose=0)
print(f"final accuracy: {scores['accuracy']:.4f}")
