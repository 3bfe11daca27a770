import numpy as np
import torch
import torch.nn as nn
from mnist1d.data import get_dataset_args, make_dataset
from torch.utils.data import DataLoader, Subset, TensorDataset

torch.manual_seed(12)
args = get_dataset_args()
args.num_samples = 4000
data = make_dataset(args)
x_train, y_train = torch.tensor(data["x"]).float(), torch.tensor(data["y"])
x_test, y_test = torch.tensor(data["x_test"]).float(), torch.tensor(data["y_test"])

full = TensorDataset(x_train.unsqueeze(1), y_train)
keep = np.random.default_rng(12).permutation(len(full))[:120]
train_set = Subset(full, keep.tolist())
train_loader = DataLoader(train_set, batch_size=30, shuffle=True)
print("training samples", len(train_set), "test samples", len(x_test))


class ConvNet(nn.Module):
    def __init__(self, width=24):
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv1d(1, width, 5, stride=2, padding=2),
            nn.BatchNorm1d(width),
            nn.ReLU(),
            nn.Conv1d(width, width, 3, stride=2, padding=1),
            nn.BatchNorm1d(width),
            nn.ReLU(),
            nn.Conv1d(width, width, 3, stride=2, padding=1),
            nn.BatchNorm1d(width),
            nn.ReLU(),
            nn.Flatten(),
            nn.Linear(width * 5, 10),
        )

    def forward(self, x):
        return self.body(x)


model = ConvNet()
optimizer = torch.optim.AdamW(model.parameters(), lr=3e-3, weight_decay=0.05)
criterion = nn.CrossEntropyLoss()
for epoch in range(10):
    model.train()
    for x, y in train_loader:
        optimizer.zero_grad()
        loss = criterion(model(x), y)
        loss.backward()
        optimizer.step()
    model.eval()
    with torch.no_grad():
        acc = (model(x_test.unsqueeze(1)).argmax(1) == y_test).float().mean().item()
    print(f"epoch {epoch + 1}: loss {loss.item():.4f} test accuracy {acc:.4f}")

print(f"final accuracy: {acc:.4f}")
