import torch
from sklearn.datasets import load_breast_cancer
from sklearn.model_selection import train_test_split

torch.manual_seed(63)


class LogisticRegression:
    def __init__(self, n_features, l2=1e-2):
        self.weight = torch.zeros(n_features, requires_grad=True)
        self.bias = torch.zeros((), requires_grad=True)
        self.l2 = l2

    def decision(self, X):
        return X @ self.weight + self.bias

    def fit(self, X, y, steps=20):
        optimizer = torch.optim.LBFGS([self.weight, self.bias], lr=1.0, max_iter=10, line_search_fn="strong_wolfe")

        def closure():
            optimizer.zero_grad()
            margin = self.decision(X) * (2 * y - 1)
            loss = torch.nn.functional.softplus(-margin).mean() + self.l2 * self.weight.pow(2).sum()
            loss.backward()
            return loss

        previous = float("inf")
        for step in range(steps):
            loss = optimizer.step(closure).item()
            print(f"step {step}: loss {loss:.5f}")
            if previous - loss < 1e-6:
                break
            previous = loss
        return self

    @torch.no_grad()
    def predict(self, X):
        return (self.decision(X) > 0).float()


X, y = load_breast_cancer(return_X_y=True)
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.25, stratify=y, random_state=63)
mean, std = X_train.mean(axis=0), X_train.std(axis=0)
X_train = torch.tensor((X_train - mean) / std, dtype=torch.float32)
X_test = torch.tensor((X_test - mean) / std, dtype=torch.float32)
y_train = torch.tensor(y_train, dtype=torch.float32)
y_test = torch.tensor(y_test, dtype=torch.float32)

clf = LogisticRegression(X_train.shape[1]).fit(X_train, y_train)
accuracy = (clf.predict(X_test) == y_test).float().mean().item()
print(f"final accuracy: {accuracy:.4f}")
