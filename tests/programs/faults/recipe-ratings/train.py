import numpy as np
import torch
from torch import nn, optim

rng = np.random.default_rng(91)
torch.manual_seed(91)

n_users, n_recipes, taste_dims = 150, 120, 4
taste = rng.normal(0, 1, (n_users, taste_dims))
style = rng.normal(0, 1, (n_recipes, taste_dims))
user, recipe = np.divmod(rng.choice(n_users * n_recipes, 9000, replace=False), n_recipes)
stars = 3 + 0.6 * (taste[user] * style[recipe]).sum(1) + 0.2 * rng.normal(size=9000)
user, recipe = torch.tensor(user), torch.tensor(recipe)
stars = torch.tensor(stars, dtype=torch.float32)


class Recommender(nn.Module):
    def __init__(self, k=6):
        super().__init__()
        self.u = nn.Embedding(n_users, k)
        self.r = nn.Embedding(n_recipes, k)
        self.u_bias = nn.Embedding(n_users, 1)
        self.r_bias = nn.Embedding(n_recipes, 1)
        self.mean = nn.Parameter(torch.tensor(3.0))
        for table in (self.u, self.r, self.u_bias, self.r_bias):
            nn.init.zeros_(table.weight)

    def forward(self, user, recipe):
        match = (self.u(user) * self.r(recipe)).sum(-1)
        return self.mean + self.u_bias(user).squeeze(-1) + self.r_bias(recipe).squeeze(-1) + match


model = Recommender()
optimizer = optim.Adam(model.parameters(), lr=0.01, weight_decay=1e-5)
n_train = 7500
for epoch in range(30):
    squared = 0.0
    for idx in torch.randperm(n_train).split(250):
        optimizer.zero_grad()
        loss = nn.functional.mse_loss(model(user[idx], recipe[idx]), stars[idx])
        loss.backward()
        optimizer.step()
        squared += loss.item() * len(idx)
    if (epoch + 1) % 5 == 0:
        print(f"epoch {epoch + 1}: rmse {(squared / n_train) ** 0.5:.4f}")

with torch.no_grad():
    guess = model(user[n_train:], recipe[n_train:])
print(f"spread of the ratings {stars.std().item():.4f}")
print(f"final rmse: {nn.functional.mse_loss(guess, stars[n_train:]).sqrt().item():.4f}")
