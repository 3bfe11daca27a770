# Inverse kinematics of a planar two-joint arm: one hand position, two elbow solutions -> mixture density network
import numpy as np
import torch
import torch.nn as nn
from torch.distributions import Categorical, Independent, MixtureSameFamily, Normal
from torch.utils.data import DataLoader, TensorDataset

L1, L2 = 1.0, 0.8


def hand(angles):
    a, b = angles[..., 0], angles[..., 0] + angles[..., 1]
    return torch.stack([L1 * torch.cos(a) + L2 * torch.cos(b), L1 * torch.sin(a) + L2 * torch.sin(b)], -1)


def sample_arm(n, rng):
    shoulder = rng.uniform(0.0, np.pi / 2, n)
    elbow = rng.uniform(0.4, 2.2, n) * rng.choice([-1, 1], n)
    angles = torch.tensor(np.stack([shoulder, elbow], 1), dtype=torch.float32)
    return hand(angles), angles


class MDN(nn.Module):
    def __init__(self, k=4, width=96):
        super().__init__()
        self.k = k
        self.trunk = nn.Sequential(nn.Linear(2, width), nn.Tanh(), nn.Linear(width, width), nn.Tanh())
        self.logits = nn.Linear(width, k)
        self.loc = nn.Linear(width, 2 * k)
        self.log_scale = nn.Linear(width, 2 * k)
        with torch.no_grad():
            self.loc.bias.uniform_(-1, 1)

    def forward(self, x):
        h = self.trunk(x)
        loc = self.loc(h).view(-1, self.k, 2)
        scale = self.log_scale(h).view(-1, self.k, 2).clamp(-5, 2).exp()
        return MixtureSameFamily(Categorical(logits=self.logits(h)), Independent(Normal(loc, scale), 1))


def best_component(mix):
    # the peak of a component is its weight over the product of its scales
    comp = mix.component_distribution.base_dist
    height = mix.mixture_distribution.logits - comp.scale.log().sum(-1)
    j = height.argmax(1)
    return comp.loc[torch.arange(len(j)), j]


def main():
    torch.manual_seed(12)
    rng = np.random.default_rng(12)
    x_tr, y_tr = sample_arm(4000, rng)
    x_va, y_va = sample_arm(600, rng)
    x_te, y_te = sample_arm(1000, rng)
    mx, sx, my, sy = x_tr.mean(0), x_tr.std(0), y_tr.mean(0), y_tr.std(0)

    model = MDN()
    opt = torch.optim.Adam(model.parameters(), lr=2e-3)
    sched = torch.optim.lr_scheduler.CosineAnnealingLR(opt, 40)
    loader = DataLoader(TensorDataset((x_tr - mx) / sx, (y_tr - my) / sy), batch_size=100, shuffle=True)
    for epoch in range(40):
        model.train()
        total = 0.0
        for x, y in loader:
            loss = -model(x).log_prob(y).mean()
            opt.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 5.0)
            opt.step()
            total += loss.item()
        sched.step()
        if epoch % 5 == 4:
            model.eval()
            with torch.no_grad():
                nll = -model((x_va - mx) / sx).log_prob((y_va - my) / sy).mean().item()
            print(f"epoch {epoch + 1:2d} nll train {total / len(loader):.3f} val {nll:.3f}")

    model.eval()
    with torch.no_grad():
        mix = model((x_te - mx) / sx)
        nll = -mix.log_prob((y_te - my) / sy).mean().item()
        reached = hand(best_component(mix) * sy + my)
        miss = (reached - x_te).norm(dim=1)
        weights = mix.mixture_distribution.probs.mean(0)
    print(f"test nll {nll:.3f}, mixture weights {np.round(weights.numpy(), 2)}")
    print(f"hand misses the position by {miss.mean():.4f} on average, median {miss.median():.4f}")


if __name__ == "__main__":
    main()
