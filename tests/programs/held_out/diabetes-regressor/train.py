import numpy as np
import torch
from sklearn.datasets import load_diabetes
from sklearn.metrics import r2_score
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler
from torch import nn


class Regressor:
    def __init__(self, n_features, hidden=32, lr=2e-3, epochs=60, batch_size=32):
        self.epochs = epochs
        self.batch_size = batch_size
        self.net = nn.Sequential(
            nn.Linear(n_features, hidden),
            nn.ReLU(),
            nn.Linear(hidden, hidden),
            nn.ReLU(),
            nn.Linear(hidden, 1),
        )
        self.optimizer = torch.optim.Adam(self.net.parameters(), lr=lr, weight_decay=1e-2)

    def fit(self, X, y):
        X = torch.as_tensor(X, dtype=torch.float32)
        y = torch.as_tensor(y, dtype=torch.float32)
        self.net.train()
        for epoch in range(self.epochs):
            perm = torch.randperm(len(X))
            losses = []
            for start in range(0, len(X), self.batch_size):
                idx = perm[start : start + self.batch_size]
                pred = self.net(X[idx])
                loss = ((pred - y[idx]) ** 2).mean()
                self.optimizer.zero_grad()
                loss.backward()
                self.optimizer.step()
                losses.append(loss.item())
            if (epoch + 1) % 10 == 0:
                print(f"epoch {epoch + 1}: mse {np.mean(losses):.4f}")
        return self

    def predict(self, X):
        self.net.eval()
        with torch.no_grad():
            return self.net(torch.as_tensor(X, dtype=torch.float32)).squeeze(1).numpy()


def main():
    torch.manual_seed(0)
    X, y = load_diabetes(return_X_y=True)
    X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.25, random_state=42)
    x_scaler = StandardScaler().fit(X_train)
    y_mean, y_std = y_train.mean(), y_train.std()

    model = Regressor(X.shape[1]).fit(x_scaler.transform(X_train), (y_train - y_mean) / y_std)
    pred = model.predict(x_scaler.transform(X_test)) * y_std + y_mean
    print(f"final r2: {r2_score(y_test, pred):.4f}")


if __name__ == "__main__":
    main()
