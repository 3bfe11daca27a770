import torch
from torch import nn
from torch.distributions import Categorical

torch.manual_seed(4)

# A corridor of 9 cells; the agent starts in the middle, a lamp (left/right) tells where the prize lies.
CELLS, HORIZON, N_ENVS = 9, 10, 64


def episode(policy, greedy=False):
    lamp = torch.randint(0, 2, (N_ENVS,))
    pos = torch.full((N_ENVS,), CELLS // 2)
    goal = torch.where(lamp == 1, CELLS - 1, 0)
    done = torch.zeros(N_ENVS, dtype=torch.bool)
    log_probs, rewards, alive, entropy = [], [], [], 0.0
    for _ in range(HORIZON):
        state = torch.stack([(pos - CELLS // 2) / (CELLS / 2), lamp * 2.0 - 1], dim=1)
        dist = Categorical(logits=policy(state))
        action = dist.probs.argmax(1) if greedy else dist.sample()
        alive.append(~done)
        log_probs.append(dist.log_prob(action))
        entropy = entropy + dist.entropy().mean() / HORIZON
        pos = torch.where(done, pos, (pos + 2 * action - 1).clamp(0, CELLS - 1))
        reached = (pos == goal) & ~done
        rewards.append(torch.where(done, 0.0, torch.where(reached, 1.0, -0.02)))
        done = done | reached
    return torch.stack(log_probs), torch.stack(rewards), torch.stack(alive), entropy, done.float().mean().item()


policy = nn.Sequential(nn.Linear(2, 32), nn.Tanh(), nn.Linear(32, 2))
optimizer = torch.optim.Adam(policy.parameters(), lr=1e-2)
for update in range(1, 121):
    log_probs, rewards, alive, entropy, solved = episode(policy)
    returns = rewards.flip(0).cumsum(0).flip(0)
    advantage = returns - returns.mean(dim=1, keepdim=True)
    loss = -(log_probs * advantage * alive).sum(0).mean() - 0.01 * entropy
    optimizer.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_(policy.parameters(), 1.0)
    optimizer.step()
    if update % 20 == 0:
        print(f"update {update}: return {rewards.sum(0).mean().item():.3f}, solved {solved:.2f}, loss {loss.item():.3f}")

with torch.no_grad():
    results = [episode(policy, greedy=True)[-1] for _ in range(10)]
print(f"final success rate: {sum(results) / len(results):.4f}")
