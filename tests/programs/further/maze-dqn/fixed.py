"""Deep Q-learning on a 6x6 maze with walls. One-hot observations, replay buffer."""
import random
from collections import deque

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F

SEED = 4
random.seed(SEED)
np.random.seed(SEED)
torch.manual_seed(SEED)

LAYOUT = [
    "S..#..",
    ".#.#.#",
    ".#....",
    ".####.",
    "......",
    "##.#.G",
]
MOVES = [(-1, 0), (0, 1), (1, 0), (0, -1)]


class Maze:
    def __init__(self, limit=50):
        self.limit = limit
        self.cells = [(r, c) for r in range(6) for c in range(6) if LAYOUT[r][c] in ".S"]

    def obs(self):
        x = np.zeros(36, dtype=np.float32)
        x[self.pos[0] * 6 + self.pos[1]] = 1.0
        return x

    def reset(self, start=(0, 0)):
        self.pos, self.t = start, 0
        return self.obs()

    def step(self, a):
        self.t += 1
        r, c = self.pos[0] + MOVES[a][0], self.pos[1] + MOVES[a][1]
        if 0 <= r < 6 and 0 <= c < 6 and LAYOUT[r][c] != "#":
            self.pos = (r, c)
        goal = LAYOUT[self.pos[0]][self.pos[1]] == "G"
        return self.obs(), (1.0 if goal else -0.01), goal, self.t >= self.limit


class QNet(nn.Module):
    def __init__(self, hidden=64):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(36, hidden), nn.ReLU(), nn.Linear(hidden, 4))

    def forward(self, x):
        return self.net(x)


class Agent:
    def __init__(self, gamma=0.95, lr=1e-3, sync_every=150):
        self.q, self.target = QNet(), QNet()
        self.target.load_state_dict(self.q.state_dict())
        self.opt = torch.optim.Adam(self.q.parameters(), lr=lr)
        self.memory = deque(maxlen=5000)
        self.gamma, self.sync_every = gamma, sync_every

    def act(self, s, eps):
        if random.random() < eps:
            return random.randrange(4)
        with torch.no_grad():
            return int(self.q(torch.from_numpy(s)).argmax())

    def learn(self, step, batch_size=32):
        batch = random.sample(self.memory, batch_size)
        s, a, r, s2, done = (torch.as_tensor(np.array(x)) for x in zip(*batch))
        q = self.q(s).gather(1, a.unsqueeze(1)).squeeze(1)
        with torch.no_grad():
            y = r.float() + self.gamma * (1 - done.float()) * self.target(s2).max(1).values
        loss = F.smooth_l1_loss(q, y)
        self.opt.zero_grad()
        loss.backward()
        self.opt.step()
        if step % self.sync_every == 0:
            self.target.load_state_dict(self.q.state_dict())
        return loss.item()


def evaluate(agent, env):
    wins, steps = 0, []
    for start in env.cells:
        s, stop = env.reset(start), False
        while not stop:
            s, _, goal, cut = env.step(agent.act(s, 0.0))
            stop = goal or cut
        wins += goal
        steps.append(env.t)
    return wins / len(env.cells), float(np.mean(steps))


def main(episodes=160):
    env, agent, total = Maze(), Agent(), 0
    for ep in range(1, episodes + 1):
        eps = max(0.1, 1.0 - ep / 100)
        s, stop, losses = env.reset(random.choice(env.cells)), False, []
        while not stop:
            a = agent.act(s, eps)
            s2, r, goal, cut = env.step(a)
            agent.memory.append((s, a, r, s2, goal))
            s, stop = s2, goal or cut
            total += 1
            if len(agent.memory) >= 200:
                losses.append(agent.learn(total))
        if ep % 20 == 0 and losses:
            rate, n = evaluate(agent, env)
            print(f"ep {ep:4d} eps {eps:.2f} td-loss {np.mean(losses):.2e} solved {rate:.2f} steps {n:.1f}")
    rate, n = evaluate(agent, env)
    print(f"final: solved from {rate:.3f} of the start cells, mean steps {n:.1f}")


if __name__ == "__main__":
    main()
