"""A policy learns which arm pays, from rewards alone: log-probabilities of its own choices, weighted by what they brought."""

import torch
from torch import nn
from torch.distributions import Categorical

torch.manual_seed(0)
ARMS = 5
policy = nn.Sequential(nn.Linear(3, 24), nn.Tanh(), nn.Linear(24, ARMS))
best = nn.Linear(3, ARMS)
optimizer = torch.optim.Adam(policy.parameters(), lr=1e-2)
usual = 0.0
for step in range(150):
    state = torch.randn(64, 3)
    choice = Categorical(logits=policy(state))
    arm = choice.sample()
    with torch.no_grad():
        reward = (best(state).argmax(1) == arm).float()
    usual = 0.9 * usual + 0.1 * reward.mean().item()
    loss = -(choice.log_prob(arm) * (reward - usual)).mean() - 0.01 * choice.entropy().mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
print("usual reward", usual)
