import torch
from sklearn.datasets import load_diabetes
from sklearn.metrics import r2_score
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler
from torch import nn

WIDTHS = [6]
EPOCHS = 40
BATCH = 16

torch.manual_seed(30)
x, y = load_diabetes(return_X_y=True)
x_train, x_test, y_train, y_test = train_test_split(x, y, test_size=0.25, random_state=30)
xs, ys = StandardScaler().fit(x_train), StandardScaler().fit(y_train[:, None])


def tensor(a):
    return torch.as_tensor(a, dtype=torch.float32)


x_train, x_test = tensor(xs.transform(x_train)), tensor(xs.transform(x_test))
t_train, t_test = tensor(ys.transform(y_train[:, None])), tensor(ys.transform(y_test[:, None]))

layers, size = [], x_train.shape[1]
for width in WIDTHS:
    layers += [nn.Linear(size, width), nn.ReLU()]
    size = width
model = nn.Sequential(*layers, nn.Linear(size, 1))

criterion = nn.MSELoss()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
for epoch in range(1, EPOCHS + 1):
    model.train()
    total = 0.0
    for idx in torch.randperm(len(x_train)).split(BATCH):
        optimizer.zero_grad()
        loss = criterion(model(x_train[idx]), t_train[idx])
        loss.backward()
        optimizer.step()
        total += loss.item() * len(idx)
    if epoch % 10 == 0:
        model.eval()
        with torch.no_grad():
            val = criterion(model(x_test), t_test).item()
        print(f"epoch {epoch:3d} train mse {total / len(x_train):.4f} val mse {val:.4f}")

model.eval()
with torch.no_grad():
    pred = ys.inverse_transform(model(x_test).numpy())
print(f"final r2: {r2_score(y_test, pred):.4f}")
