import numpy as np
import torch
import torch.nn.functional as F
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from torch import nn
from torch.utils.data import DataLoader, TensorDataset


class MLP(nn.Module):
    def __init__(self, n_in, n_hidden, n_out, p=0.5):
        super().__init__()
        self.fc1 = nn.Linear(n_in, n_hidden)
        self.fc2 = nn.Linear(n_hidden, n_hidden)
        self.fc3 = nn.Linear(n_hidden, n_out)
        self.p = p

    def forward(self, x):
        x = F.dropout(F.relu(self.fc1(x)), self.p)
        x = F.dropout(F.relu(self.fc2(x)), self.p)
        return self.fc3(x)


class Trainer:
    def __init__(self, model, lr=2e-3):
        self.model = model
        self.optimizer = torch.optim.AdamW(model.parameters(), lr=lr)

    def run(self, train_loader, val_loader, epochs):
        for epoch in range(epochs):
            self.model.train()
            losses = []
            for xb, yb in train_loader:
                loss = F.cross_entropy(self.model(xb), yb)
                self.optimizer.zero_grad(set_to_none=True)
                loss.backward()
                self.optimizer.step()
                losses.append(loss.item())
            print(f"[{epoch + 1:02d}] train loss {np.mean(losses):.3f}  val acc {self.evaluate(val_loader):.3f}")

    @torch.no_grad()
    def evaluate(self, loader):
        self.model.eval()
        hits = sum((self.model(xb).argmax(1) == yb).sum().item() for xb, yb in loader)
        return hits / len(loader.dataset)


def main():
    torch.manual_seed(12)
    X, y = load_digits(return_X_y=True)
    X = X / X.max()
    X_train, X_rest, y_train, y_rest = train_test_split(X, y, test_size=0.4, random_state=12)
    X_val, X_test, y_val, y_test = train_test_split(X_rest, y_rest, test_size=0.5, random_state=12)

    def loader(a, b, **kwargs):
        return DataLoader(TensorDataset(torch.tensor(a, dtype=torch.float32), torch.tensor(b)), batch_size=32, **kwargs)

    trainer = Trainer(MLP(64, 64, 10))
    trainer.run(loader(X_train, y_train, shuffle=True), loader(X_val, y_val), epochs=25)
    print(f"final accuracy: {trainer.evaluate(loader(X_test, y_test)):.4f}")


if __name__ == "__main__":
    main()
