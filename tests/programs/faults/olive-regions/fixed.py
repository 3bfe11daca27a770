import torch
from sklearn.datasets import make_blobs
from torch import nn
from torch.utils.data import DataLoader, TensorDataset, random_split

torch.manual_seed(42)

# eight fatty acids, nine growing regions
acids, region = make_blobs(1403, n_features=8, centers=9, cluster_std=1.8, center_box=(-5, 5), random_state=42)
x = torch.tensor(acids, dtype=torch.float32)
y = torch.tensor(region)
train_set, test_set = random_split(TensorDataset(x, y), [1000, 403])
train_loader = DataLoader(train_set, batch_size=50, shuffle=True)
test_loader = DataLoader(test_set, batch_size=50)

model = nn.Sequential(nn.Linear(8, 48), nn.ReLU(), nn.Linear(48, 9))
loss_function = nn.CrossEntropyLoss()
optimizer = torch.optim.Adam(model.parameters(), lr=0.002)


def test():
    model.eval()
    correct, seen = 0, 0
    with torch.no_grad():
        for inputs, labels in test_loader:
            outputs = model(inputs)
            _, predicted = torch.max(outputs, 1)
            correct += (predicted == labels).sum().item()
            seen += labels.size(0)
    return correct / seen


for epoch in range(15):
    model.train()
    for inputs, labels in train_loader:
        optimizer.zero_grad()
        outputs = model(inputs)
        loss = loss_function(outputs, labels)
        loss.backward()
        optimizer.step()
    print(f"Epoch {epoch + 1}: loss {loss.item():.4f} test accuracy {test():.4f}")

print(f"final accuracy: {test():.4f}")
