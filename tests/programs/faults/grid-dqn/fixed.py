"""Q-learning with replay memory and a target network on a 5 x 5 grid with a pit."""

import copy
import random
from collections import deque

import torch
import torch.nn as nn

random.seed(5)
torch.manual_seed(5)
SIZE, GOAL, PIT = 5, (4, 4), (2, 2)
MOVES = [(-1, 0), (1, 0), (0, -1), (0, 1)]


def step(state, action):
    r = min(SIZE - 1, max(0, state[0] + MOVES[action][0]))
    c = min(SIZE - 1, max(0, state[1] + MOVES[action][1]))
    if (r, c) == GOAL:
        return (r, c), 1.0, True
    if (r, c) == PIT:
        return (r, c), -1.0, True
    return (r, c), -0.02, False


def encode(states):
    return nn.functional.one_hot(torch.tensor([r * SIZE + c for r, c in states]), SIZE * SIZE).float()


q_net = nn.Sequential(nn.Linear(SIZE * SIZE, 48), nn.ReLU(), nn.Linear(48, 4))
target_net = copy.deepcopy(q_net).requires_grad_(False)
optimizer = torch.optim.Adam(q_net.parameters(), lr=2e-3)
memory = deque(maxlen=4000)
gamma, total_steps = 0.95, 0

for episode in range(1, 301):
    state, done, t = (random.randrange(SIZE), random.randrange(SIZE)), False, 0
    if state in (GOAL, PIT):
        state = (0, 0)
    epsilon = max(0.1, 1 - episode / 150)
    while not done and t < 25:
        with torch.no_grad():
            greedy = q_net(encode([state])).argmax().item()
        action = random.randrange(4) if random.random() < epsilon else greedy
        nxt, reward, done = step(state, action)
        memory.append((state, action, reward, nxt, done))
        state, t, total_steps = nxt, t + 1, total_steps + 1
        if len(memory) < 64:
            continue
        s, a, r, s2, d = zip(*random.sample(memory, 64), strict=True)
        with torch.no_grad():
            future = target_net(encode(s2)).max(dim=1).values
            goal_value = torch.tensor(r) + gamma * future * (1 - torch.tensor(d, dtype=torch.float32))
        q = q_net(encode(s)).gather(1, torch.tensor(a).unsqueeze(1)).squeeze(1)
        loss = nn.functional.smooth_l1_loss(q, goal_value)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        if total_steps % 100 == 0:
            target_net.load_state_dict(q_net.state_dict())
    if episode % 50 == 0:
        print(f"episode {episode}: steps {total_steps}, loss {loss.item():.4f}, mean q {q.mean().item():.3f}")

wins = 0
starts = [(r, c) for r in range(SIZE) for c in range(SIZE) if (r, c) not in (GOAL, PIT)]
with torch.no_grad():
    for state in starts:
        for _ in range(15):
            state, reward, done = step(state, q_net(encode([state])).argmax().item())
            if done:
                wins += reward > 0
                break
print(f"final success rate: {wins / len(starts):.4f}")
