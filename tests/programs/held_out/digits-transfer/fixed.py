import torch
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)

digits = load_digits()
X = torch.tensor(digits.images / 16.0, dtype=torch.float32).unsqueeze(1)
y = torch.tensor(digits.target)
old, new = y < 5, y >= 5
idx_train, idx_test = train_test_split(new.nonzero().squeeze(1).numpy(), test_size=0.3, random_state=0)


class DigitNet(nn.Module):
    def __init__(self, num_classes):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 16, 3, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(16)
        self.conv2 = nn.Conv2d(16, 16, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(16)
        self.pool = nn.MaxPool2d(2)
        self.head = nn.Linear(16 * 2 * 2, num_classes)

    def forward(self, x):
        x = self.pool(torch.relu(self.bn1(self.conv1(x))))
        x = self.pool(torch.relu(self.bn2(self.conv2(x))))
        return self.head(x.flatten(1))


def train(model, dataset, epochs, lr):
    loader = DataLoader(dataset, batch_size=32, shuffle=True)
    optimizer = torch.optim.Adam([p for p in model.parameters() if p.requires_grad], lr=lr)
    loss_fn = nn.CrossEntropyLoss()
    for epoch in range(epochs):
        model.train()
        total = 0.0
        for xb, yb in loader:
            optimizer.zero_grad()
            loss = loss_fn(model(xb), yb)
            loss.backward()
            optimizer.step()
            total += loss.item()
        print(f"  epoch {epoch} loss {total / len(loader):.4f}")


def evaluate(model, X, y):
    model.eval()
    with torch.no_grad():
        return (model(X).argmax(1) == y).float().mean().item()


print("pretraining on 0-4")
model = DigitNet(5)
train(model, TensorDataset(X[old], y[old]), epochs=8, lr=2e-3)

print("fine-tuning on 5-9")
model.head = nn.Linear(model.head.in_features, 5)
for name, param in model.named_parameters():
    if "bn" not in name and not name.startswith("head"):
        param.requires_grad = False
train(model, TensorDataset(X[idx_train], y[idx_train] - 5), epochs=15, lr=3e-3)
print(f"final accuracy: {evaluate(model, X[idx_test], y[idx_test] - 5):.4f}")
