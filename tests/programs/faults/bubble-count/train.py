import torch
import torch.nn as nn

torch.manual_seed(10)
SIZE = 24


def bubble_picture(n_bubbles):
    img = torch.zeros(SIZE, SIZE)
    yy, xx = torch.meshgrid(torch.arange(SIZE), torch.arange(SIZE), indexing="ij")
    for _ in range(n_bubbles):
        cx, cy = torch.randint(2, SIZE - 2, (2,))
        img = torch.maximum(img, torch.exp(-((xx - cx) ** 2 + (yy - cy) ** 2) / 2.0))
    return img + 0.05 * torch.randn(SIZE, SIZE)


counts = torch.randint(0, 10, (1400,))
pictures = torch.stack([bubble_picture(int(c)) for c in counts]).unsqueeze(1)
counts = counts.float()
x_train, y_train = pictures[:1100], counts[:1100]
x_test, y_test = pictures[1100:], counts[1100:]

counter = nn.Sequential(
    nn.Conv2d(1, 8, 5, padding=2),
    nn.ReLU(),
    nn.MaxPool2d(2),
    nn.Conv2d(8, 16, 3, padding=1),
    nn.ReLU(),
    nn.AdaptiveAvgPool2d(4),
    nn.Flatten(),
    nn.Linear(256, 32),
    nn.ReLU(),
    nn.Linear(32, 1),
)
optimizer = torch.optim.Adam(counter.parameters(), lr=2e-3)


def mae(prediction, target):
    return (prediction - target).abs().mean()


batch = 50
for epoch in range(15):
    shuffled = torch.randperm(len(x_train))
    epoch_error = 0.0
    for start in range(0, len(x_train), batch):
        pick = shuffled[start : start + batch]
        error = mae(counter(x_train[pick]), y_train[pick])
        optimizer.zero_grad()
        error.backward()
        optimizer.step()
        epoch_error += error.item() * len(pick)
    print("epoch", epoch + 1, "training mae", round(epoch_error / len(x_train), 3))

counter.eval()
with torch.no_grad():
    guess = counter(x_test).flatten()
    print("mean count", y_test.mean().item(), "mean guess", guess.mean().item())
    print(f"final mae: {(guess - y_test).abs().mean().item():.4f}")
