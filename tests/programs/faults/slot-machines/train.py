import torch
import torch.nn as nn
from torch.distributions import Categorical

torch.manual_seed(66)

N_ARMS, N_ROOMS = 5, 4
payout = torch.rand(N_ROOMS, N_ARMS) * 0.6
payout[torch.arange(N_ROOMS), torch.randperm(N_ARMS)[:N_ROOMS]] = 0.95


def play(room, arm):
    return torch.bernoulli(payout[room, arm])


policy = nn.Sequential(nn.Embedding(N_ROOMS, 16), nn.Tanh(), nn.Linear(16, N_ARMS))
optimizer = torch.optim.Adam(policy.parameters(), lr=5e-3)

baseline = 0.0
for step in range(1, 801):
    room = torch.randint(0, N_ROOMS, (64,))
    dist = Categorical(logits=policy(room))
    arm = dist.sample()
    reward = play(room, arm)
    advantage = reward - baseline
    baseline += 0.05 * (reward.mean().item() - baseline)

    loss = (dist.log_prob(arm) * advantage).mean() - 0.01 * dist.entropy().mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if step % 100 == 0:
        print(f"step {step}: average reward {baseline:.3f}")

rooms = torch.arange(N_ROOMS).repeat_interleave(500)
with torch.no_grad():
    arms = policy(rooms).argmax(dim=1)
print(f"final reward: {play(rooms, arms).mean().item():.4f}")
