import numpy as np
import torch
import torch.nn as nn

torch.manual_seed(2)
rng = np.random.default_rng(2)

# insurance customers: age, yearly mileage, engine power, years of licence, claims so far, urban share
n = 4000
age = rng.uniform(18, 80, n)
mileage = rng.gamma(4, 4000, n)
power = rng.normal(90, 25, n).clip(40, 220)
licence = np.maximum(0, age - rng.uniform(18, 30, n))
claims = rng.poisson(0.3, n)
urban = rng.beta(2, 2, n)
score = (
    ((age - 48) / 15) ** 2
    + 0.9 * np.log1p(mileage / 8000)
    + 0.02 * (power - 90) * (urban > 0.5)
    + 0.9 * claims
    - 0.5 * (licence > 10)
    + rng.normal(0, 0.15, n)
)
risk = np.digitize(score, np.quantile(score, [0.33, 0.66]))

features = np.column_stack([age, mileage, power, licence, claims, urban])
train, test = slice(0, 3000), slice(3000, None)
mu, sigma = features[train].mean(0), features[train].std(0)
x = torch.tensor((features - mu) / sigma, dtype=torch.float32)
y = torch.tensor(risk)


class RiskNet(nn.Module):
    def __init__(self, n_features, n_classes):
        super().__init__()
        self.body = nn.Sequential(
            nn.Linear(n_features, 48),
            nn.Tanh(),
            nn.Linear(48, 48),
            nn.Tanh(),
            nn.Linear(48, n_classes),
        )
        self.apply(self.init_weights)

    @staticmethod
    def init_weights(module):
        if isinstance(module, nn.Linear):
            nn.init.constant_(module.weight, 0.05)
            nn.init.zeros_(module.bias)

    def forward(self, x):
        return self.body(x)


net = RiskNet(x.shape[1], 3)
opt = torch.optim.Adam(net.parameters(), lr=2e-3)
loss_fn = nn.CrossEntropyLoss()
x_train, y_train = x[train], y[train]
for epoch in range(30):
    net.train()
    order = torch.randperm(len(x_train))
    epoch_loss = 0.0
    for batch in order.split(64):
        loss = loss_fn(net(x_train[batch]), y_train[batch])
        opt.zero_grad()
        loss.backward()
        opt.step()
        epoch_loss += loss.item() * len(batch)
    if epoch % 5 == 4:
        print(f"epoch {epoch + 1}: {epoch_loss / len(x_train):.4f}")

net.eval()
with torch.no_grad():
    accuracy = (net(x[test]).argmax(1) == y[test]).float().mean().item()
print(f"final accuracy: {accuracy:.4f}")
