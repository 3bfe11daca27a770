"""REINFORCE on a 7x7 grid: walk from a random cell to the charger in the corner."""

import torch
from torch import nn
from torch.distributions import Categorical

SIDE = 7
GOAL = torch.tensor([SIDE - 1, SIDE - 1])
MOVES = torch.tensor([[0, 1], [0, -1], [1, 0], [-1, 0]])
MAX_STEPS = 30
GAMMA = 0.95


class Grid:
    """A batch of independent grids stepped together."""

    def __init__(self, n):
        self.n = n

    def reset(self):
        self.pos = torch.randint(0, SIDE - 1, (self.n, 2))
        self.done = torch.zeros(self.n, dtype=torch.bool)
        return self.observe()

    def observe(self):
        row = torch.nn.functional.one_hot(self.pos[:, 0], SIDE)
        col = torch.nn.functional.one_hot(self.pos[:, 1], SIDE)
        return torch.cat([row, col], dim=1).float()

    def step(self, action):
        target = (self.pos + MOVES[action]).clamp(0, SIDE - 1)
        self.pos = torch.where(self.done[:, None], self.pos, target)
        arrived = (self.pos == GOAL).all(1)
        reward = (arrived & ~self.done).float()
        self.done = self.done | arrived
        return self.observe(), reward, self.done


def run_episode(env, policy):
    obs = env.reset()
    log_probs, rewards, alive = [], [], []
    for _ in range(MAX_STEPS):
        dist = Categorical(logits=policy(obs))
        action = dist.sample()
        alive.append(~env.done)
        obs, reward, done = env.step(action)
        log_probs.append(dist.log_prob(action))
        rewards.append(reward)
        if done.all():
            break
    return torch.stack(log_probs), torch.stack(rewards), torch.stack(alive).float()


def discounted_returns(rewards):
    returns = torch.zeros_like(rewards)
    running = torch.zeros(rewards.shape[1])
    for t in reversed(range(len(rewards))):
        running = rewards[t] + GAMMA * running
        returns[t] = running
    return returns


torch.manual_seed(0)
policy = nn.Sequential(nn.Linear(2 * SIDE, 32), nn.Tanh(), nn.Linear(32, 4))
optimizer = torch.optim.Adam(policy.parameters(), lr=1e-2)
env = Grid(64)

for update in range(1, 151):
    log_probs, rewards, alive = run_episode(env, policy)
    returns = discounted_returns(rewards)
    baseline = (returns * alive).sum() / alive.sum()
    loss = -(log_probs * (returns - baseline) * alive).sum() / alive.sum()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if update % 15 == 0:
        print(f"update {update:3d}  reached {rewards.sum().item() / env.n:.2f}  steps {alive.sum().item() / env.n:.1f}")

with torch.no_grad():
    test_env = Grid(500)
    _, rewards, alive = run_episode(test_env, policy)
print(f"mean episode length {alive.sum().item() / 500:.2f}")
print(f"final success rate: {rewards.sum().item() / 500:.4f}")
